"""Every event is applied once and in order; what cannot be applied is kept and replayed."""

from collections.abc import AsyncIterator

import pytest

from shared.errors import Conflict, NotFound
from shared.messaging import dead_letters, inbox
from shared.messaging.apply import Entry, StreamGap
from shared.messaging.event import Event
from shared.messaging.replay import discard, replay
from tests.integration.log import Log, activity, running_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log(environment: dict[str, str]) -> AsyncIterator[Log]:
    async with running_log(environment) as running:
        yield running


def _entries(*events: Event, first: int = 1) -> list[Entry]:
    return [Entry(first + place, event.to_json()) for place, event in enumerate(events)]


async def _cursor(log: Log) -> int:
    async with log.reading.connect() as connection:
        return await inbox.read_cursor(connection, log.stream.name)


async def _open(log: Log) -> list[tuple[int, str]]:
    async with log.reading.connect() as connection:
        letters = await dead_letters.all_open(connection)
    return [(letter.position, letter.state) for letter in letters]


async def _number(log: Log, position: int) -> int:
    async with log.reading.connect() as connection:
        letters = await dead_letters.all_open(connection)
    return next(letter.number for letter in letters if letter.position == position)


async def test_a_batch_delivered_twice_is_applied_once(log: Log) -> None:
    entries = _entries(activity(1), activity(2))
    await log.applier().apply(entries)
    await log.applier().apply(entries)
    assert await log.effects() == [1, 2]
    assert await _cursor(log) == 2


async def test_an_event_that_comes_again_later_is_applied_once(log: Log) -> None:
    event = activity(1)
    await log.applier().apply(_entries(event, activity(2)))
    await log.applier().apply(_entries(event, activity(3), first=3))
    assert await log.effects() == [1, 2, 3]


async def test_a_hole_in_the_stream_stops_the_reading(log: Log) -> None:
    await log.applier().apply(_entries(activity(1)))
    with pytest.raises(StreamGap):
        await log.applier().apply(_entries(activity(3), first=3))
    assert await log.effects() == [1]
    assert await _cursor(log) == 1


async def test_poison_is_kept_and_the_rest_goes_on(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(
        _entries(activity(1, 1), activity(2, 2), activity(3, 3), activity(4, 2), activity(5, 1))
    )
    assert await log.effects() == [1, 3, 5]
    assert await _open(log) == [(2, "failed"), (4, "parked")]
    assert await _cursor(log) == 5


async def test_what_comes_later_for_the_same_subject_parks_behind(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2, 2)))
    log.poison = set()
    await log.applier().apply(_entries(activity(3, 2), activity(4, 1), first=2))
    assert await log.effects() == [4]
    assert await _open(log) == [(1, "failed"), (2, "parked")]


async def test_the_error_is_kept_without_its_message(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2)))
    async with log.reading.connect() as connection:
        [letter] = await dead_letters.all_open(connection)
    assert letter.error.startswith("ValueError at _note:")
    assert "secret" not in letter.error
    assert letter.attempts == 5


async def test_what_is_no_event_is_kept_at_once(log: Log) -> None:
    await log.applier().apply([Entry(1, "nonsense"), *_entries(activity(2), first=2)])
    async with log.reading.connect() as connection:
        [letter] = await dead_letters.all_open(connection)
    assert (letter.event, letter.subject, letter.attempts) == ("nonsense", None, 1)
    assert await log.effects() == [2]


async def test_a_replay_applies_the_letter_and_what_waits_behind_it(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2, 2), activity(3, 2), activity(4, 2)))
    log.poison = set()
    applied, error = await replay(log.reading, lambda _: log.applier(), await _number(log, 1))
    assert (applied, error) == (3, None)
    assert await log.effects() == [2, 3, 4]
    assert await _open(log) == []
    await log.applier().apply(_entries(activity(5, 2), first=4))
    assert await log.effects() == [2, 3, 4, 5]


async def test_a_replay_that_fails_again_changes_nothing(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2, 2), activity(3, 2)))
    applied, error = await replay(log.reading, lambda _: log.applier(), await _number(log, 1))
    assert applied == 0
    assert isinstance(error, ValueError)
    assert await log.effects() == []
    assert await _open(log) == [(1, "failed"), (2, "parked")]


async def test_what_waits_cannot_overtake(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2, 2), activity(3, 2)))
    with pytest.raises(Conflict):
        await replay(log.reading, lambda _: log.applier(), await _number(log, 2))


async def test_a_letter_given_up_lets_the_others_through(log: Log) -> None:
    log.poison = {2}
    await log.applier().apply(_entries(activity(2, 2), activity(3, 2)))
    number = await _number(log, 1)
    assert await discard(log.reading, lambda _: log.applier(), number) == 1
    assert await log.effects() == [3]
    with pytest.raises(Conflict):
        await discard(log.reading, lambda _: log.applier(), number)
    with pytest.raises(NotFound):
        await discard(log.reading, lambda _: log.applier(), 10_000)
