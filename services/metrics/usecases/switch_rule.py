"""Switch an indicator to another version of its counting rule, once that has been counted."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.rule_versions import WAITING
from services.metrics.storage import rules
from shared.errors import Conflict, NotFound
from shared.identity.principal import Principal

log = structlog.get_logger()


async def switch_rule(
    connection: AsyncConnection, indicator: str, version: int, principal: Principal, now: datetime
) -> None:
    """From this commit on every figure of the indicator is by this version.

    Raises NotFound without such an indicator; Conflict where this version does not wait
    (`no-such-version`) or is still being counted (`still-counting`).
    """
    await rules.lock_versions(connection)
    mine = [one for one in await rules.versions(connection) if one.indicator == indicator]
    if not mine:
        raise NotFound("indicator-not-found", "この指標は見つかりませんでした。")
    waiting = next((one for one in mine if one.state in WAITING), None)
    if waiting is None or waiting.version != version:
        detail = "この版は切り替えを待っていません。画面を開きなおして、確かめてください。"
        raise Conflict("no-such-version", detail, extra={"allowed": []})
    if waiting.state == "counting":
        detail = "新しい数え方で数えているところです。終わってから切り替えてください。"
        raise Conflict("still-counting", detail, extra={"allowed": []})
    by = (principal.key, now)
    for one in mine:
        if one.state == "active":
            await rules.move(connection, indicator, one.version, "leaving")
    await rules.move(connection, indicator, version, "active", by=by)
    log.info("rule_switched", principal=str(principal.key), indicator=indicator, version=version)
