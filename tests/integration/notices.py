"""What the tests of notifications ask: who was told, what was delivered, what a stream says."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx
import psycopg
from psycopg.rows import dict_row
from sqlalchemy.ext.asyncio import AsyncEngine

from services.referral.domain.delivering import Channel
from services.referral.usecases.deliver_notices import Deliverer, Send
from shared.database import AS_SERVICE
from tests.world import World, consultation, refer


def rows(environment: dict[str, str], query: str, *values: object) -> list[dict[str, Any]]:
    """The rows of a query to the referral database."""
    with psycopg.connect(
        environment["REFERRAL_DATABASE_URL"], row_factory=dict_row, options=AS_SERVICE
    ) as connection:
        return connection.execute(query, values).fetchall()  # type: ignore[call-overload]


def told(environment: dict[str, str]) -> list[tuple[str, str]]:
    """Agency and kind of every notification, in the order of their numbers."""
    found = rows(environment, "SELECT agency, kind FROM notification ORDER BY number")
    return [(row["agency"], row["kind"]) for row in found]


async def offered(world: World, *to: str, sender: str = "houkatsu", **more: Any) -> dict[str, str]:
    """A case offered by `sender`: its id, and the id of each receiver's leg."""
    body = consultation(**refer(*to), **more)
    recorded = await world.post("/intake/api/consultations", sender, body)
    await world.settle()
    case = await world.get(f"/referral/api/cases/{recorded['case_id']}", sender)
    return {leg["to"]: leg["id"] for leg in case["legs"]} | {
        "case": recorded["case_id"],
        "consultation": recorded["id"],
    }


async def deliver(engine: AsyncEngine, channel: Channel, send: Send, now: datetime) -> None:
    """Send everything that is due at this moment."""
    deliverer = Deliverer(engine, channel, send, lambda: now)
    while await deliverer.turn():
        pass


@dataclass
class Heard:
    """One server-sent event."""

    event: str
    id: int | None
    data: dict[str, Any]


@dataclass
class Listening:
    """A client of the stream, reading in a thread of its own."""

    heard: list[Heard] = field(default_factory=list)
    comments: int = 0
    ended: bool = False

    def numbers(self) -> list[int]:
        """The numbers of the notifications, as they came."""
        return [one.data["number"] for one in self.heard if one.event == "notification"]

    def wait(self, ready: Any, seconds: float = 15) -> None:
        """Wait until this is so."""
        until = time.monotonic() + seconds
        while not ready(self):
            assert time.monotonic() < until, self.heard
            time.sleep(0.02)

    def read(self, answer: httpx.Response) -> None:
        """Read until the line ends."""
        event, number, data = "message", None, ""
        try:
            for line in answer.iter_lines():
                name, _, value = line.partition(": ")
                if name == "event":
                    event = value
                elif name == "id":
                    number = int(value)
                elif name == "data":
                    data = value
                elif not line and data:
                    self.heard.append(Heard(event, number, json.loads(data)))
                    event, number, data = "message", None, ""
                elif line.startswith(":"):
                    self.comments += 1
        except httpx.HTTPError:
            pass
        self.ended = True


@contextmanager
def listening(url: str, token: str, last: int | None = None) -> Iterator[Listening]:
    """Listen to the stream from behind this number on."""
    headers = {"Authorization": f"Bearer {token}"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    path = f"{url}/referral/api/notifications/stream"
    found = Listening()
    with httpx.Client(trust_env=False, timeout=60) as client:
        with client.stream("GET", path, headers=headers) as answer:
            assert answer.status_code == 200, answer.read()
            assert answer.headers["content-type"].startswith("text/event-stream")
            reader = threading.Thread(target=found.read, args=(answer,), daemon=True)
            reader.start()
            found.wait(lambda one: one.heard)
            yield found
            client.close()
        reader.join(timeout=5)
