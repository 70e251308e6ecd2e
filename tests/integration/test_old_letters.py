"""Dead letters lose their words with their time, and stay what they are otherwise."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.contracts import ReferralRequestedV1
from shared.database import AS_SERVICE, make_engine
from shared.messaging import dead_letters
from shared.messaging.event import Cause, Event
from shared.messaging.forgetting import FORGOTTEN, blank_letters, without_words
from tests.integration.log import AT, activity

pytestmark = pytest.mark.anyio

_STREAM = "ev:{intake.0}"


def _request() -> Event:
    data = ReferralRequestedV1(
        case_id=uuid4(),
        code=None,
        desk="csw",
        to=("hoiku",),
        lead="hoiku",
        reason="紫陽花の札",
        basis="consent",
        mode="phone",
        authorised_by="菖蒲の係",
        at=AT,
    )
    return Event.of(data, subject=uuid4(), time=AT, cause=Cause("test", "test", "trace"))


def _newer(event: str) -> str:
    return event.replace(".v1", ".v9").replace('"data":{', '"data":{"more":["百合"],')


@pytest.fixture
async def connection(environment: dict[str, str]) -> AsyncIterator[AsyncConnection]:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=1, options=AS_SERVICE)
    async with engine.begin() as begun:
        yield begun
    await engine.dispose()


def test_only_the_words_of_an_event_change() -> None:
    event = _request()
    blanked = Event.from_json(without_words(event.to_json()))
    words = {"reason": FORGOTTEN, "authorised_by": FORGOTTEN}
    assert blanked == Event(
        event.id, event.subject, event.time, event.data.model_copy(update=words), event.cause
    )
    plain = activity(3).to_json()
    assert without_words(plain) == plain
    newer = json.loads(without_words(_newer(event.to_json())))
    assert (newer["data"]["reason"], newer["data"]["more"]) == (FORGOTTEN, ["百合"])
    for broken in ("紫陽花の札", '["紫陽花の札"]', '{"data": {"reason": "紫陽花の札"}}'):
        assert without_words(broken) == FORGOTTEN


async def test_whatever_became_of_a_letter_its_words_end_and_its_row_stays(
    connection: AsyncConnection,
) -> None:
    events = [_request().to_json(), _newer(_request().to_json()), "紫陽花の札"]
    for place, event in enumerate([*events, activity(1).to_json()] * 2, start=1):
        await dead_letters.keep(
            connection,
            stream=_STREAM,
            position=place,
            event=event,
            state="failed",
            error="TypeError",
            attempts=5,
        )
    for number, state in ((1, "replayed"), (2, "discarded"), (4, "discarded")):
        await dead_letters.settle(connection, number, state)
    passed = await dead_letters.passed_over(connection, _STREAM)
    now = datetime.now(UTC)
    assert await blank_letters(connection, now - timedelta(days=1)) == 0
    assert await blank_letters(connection, now + timedelta(days=1)) == 6
    assert await blank_letters(connection, now + timedelta(days=1)) == 0
    assert await dead_letters.passed_over(connection, _STREAM) == passed
    letters = [await dead_letters.find(connection, number) for number in range(1, 9)]
    assert [letter.state for letter in letters if letter] == [
        *("replayed", "discarded", "failed", "discarded"),
        *["failed"] * 4,
    ]
    assert not any(word in str(letters) for word in ("紫陽花", "菖蒲"))
    assert activity(1).to_json()[:30] in str(letters[3])
