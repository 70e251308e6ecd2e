"""Nothing published says how many records there are, nor the minute of one of them.

Two releases that did would count the records between them, and so what a masked cell lost.
"""

import io
import json
from typing import Any

import psycopg
import pytest
from openpyxl import load_workbook
from structlog.testing import capture_logs

from services.metrics.domain.published import Freshness
from shared.database import AS_SERVICE
from shared.plan import Plan
from tests.feed.samples import COUNTED, first, publish
from tests.world import World, consultation

pytestmark = pytest.mark.anyio

_PAGES = ("", "/paper", "/handoffs", "/indicators/shakyo-consultations")
#: The day for machines and as people read it; the number with and without commas; any stream.
_TOLD = ("2024-02-29", "2024年2月29日", "4242424", "4,242,424", "ev:{")


def _workbook(content: bytes) -> str:
    book = load_workbook(io.BytesIO(content))
    cells = [str(cell.value) for sheet in book.worksheets for row in sheet for cell in row]
    return "\n".join([*book.sheetnames, *cells])


async def _published(world: World, number: int) -> dict[str, str]:
    """Every page and file of the release but its document, as text."""
    found = {}
    for ending in ("csv", "atom", "xlsx"):
        answer = await world.client.get(f"/metrics/feed/indicators.{ending}?release={number}")
        assert answer.status_code == 200
        found[ending] = _workbook(answer.content) if ending == "xlsx" else answer.text
    for page in _PAGES:
        answer = await world.client.get(f"/metrics/releases/{number}{page}")
        assert answer.status_code == 200
        found[page] = answer.text
    return found


async def _document(world: World, number: int) -> Any:
    answer = await world.client.get(f"/metrics/feed/indicators.json?release={number}")
    return answer.json()["document"]


def _stand_at(world: World, place: Freshness) -> None:
    """Let every stream have been read up to this event."""
    address = world.settings.database_url("metrics")
    with psycopg.connect(address, options=AS_SERVICE) as connection:
        moved = connection.execute(
            "UPDATE stream_cursor SET position = %s, happened_at = %s",
            (place.position, place.happened_at),
        )
        assert moved.rowcount


def _assert_untold(texts: dict[str, str]) -> None:
    told = {(where, words) for where, text in texts.items() for words in _TOLD if words in text}
    assert told == set()


async def test_a_release_says_no_position_and_no_minute_of_a_record(world: World) -> None:
    body = consultation(received_at="2025-06-03T10:00:00+09:00")
    await world.post("/intake/api/consultations", "shakyo-sogo", body)
    await world.settle()
    _stand_at(world, COUNTED)
    with capture_logs() as logs:
        made = await world.post("/metrics/api/releases", "manager", {"period": "2025-06"})
    document = await _document(world, made["number"])
    assert document["fresh"] == []
    texts = await _published(world, made["number"])
    _assert_untold(texts | {"json": json.dumps(document, ensure_ascii=False)})
    [line] = [one for one in logs if one["event"] == "release_made"]
    assert set(line["counted"].values()) == {COUNTED.position}
    table = await world.call("GET", "/metrics/indicators", "manager")
    assert "4,242,424番（2024年2月29日（木）9:17）まで" in table.text


async def test_a_document_that_still_says_it_stays_as_it_was(
    quiet_world: World, plan: Plan
) -> None:
    [release] = await publish(quiet_world.settings, first(plan))
    _assert_untold(await _published(quiet_world, release.number))
    said = await _document(quiet_world, release.number)
    assert said["fresh"] == [COUNTED.model_dump(mode="json")]
