"""The demonstration's one release, so that the public pages have something to show."""

import asyncio
from datetime import date, timedelta
from typing import Any

from deploy.demonstration.client import Client, Refused
from deploy.demonstration.records import Call
from deploy.doctor import looking
from shared.settings import Settings

#: The key among the tokens of the demonstration that is no desk's.
MANAGER = "manager"
_RELEASES = "/metrics/api/releases"
#: Looks, twice a second, at whether everything written was counted.
_LOOKS = 240


async def publish(client: Client, settings: Settings, today: date) -> None:
    """Close the last month that is over, or the current one of a fiscal year in its first month.

    Somebody may have published it meanwhile: then theirs stays the only one. Raises TimeoutError
    when the records are not counted within two minutes.
    """
    async with looking(settings) as look:
        for _ in range(_LOOKS):
            if all(one.settled for one in await look()):
                break
            await asyncio.sleep(0.5)
        else:
            raise TimeoutError("集計が追いついていません。")
    asked = _asked(today)
    try:
        await client.send(Call(MANAGER, _RELEASES, asked, "demonstration-release"))
    except Refused:
        published = await client.get(_RELEASES, MANAGER)
        if all(one["period"] != asked["period"] for one in published):
            raise


def _asked(today: date) -> dict[str, Any]:
    if today.month == 4:
        return {"period": f"{today:%Y-%m}", "unfinished": True}
    return {"period": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"}
