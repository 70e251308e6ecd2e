"""The stream is equal to the log, whatever happens to relays, answers and Redis."""

import asyncio
from collections.abc import AsyncIterator, Sequence

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from shared.messaging.outbox import Outbox
from shared.messaging.relay import Relay, StreamAhead
from tests.integration.log import Log, activity, catch_up, running_log

pytestmark = pytest.mark.anyio


@pytest.fixture
async def log(environment: dict[str, str]) -> AsyncIterator[Log]:
    async with running_log(environment) as running:
        yield running


async def test_events_are_published_in_the_order_of_writing(log: Log) -> None:
    await log.write(*(activity(number) for number in range(1, 1201)))
    assert await catch_up(log.relay) == 1200
    assert await log.quantities() == list(range(1, 1201))
    assert await log.positions() == list(range(1, 1201))


async def test_nothing_is_published_before_its_commit(log: Log) -> None:
    async with log.engine.begin() as connection:
        await Outbox().append(connection, [activity(1)])
        assert await catch_up(log.relay) == 0
    assert await catch_up(log.relay) == 1


async def test_what_is_rolled_back_is_never_published(log: Log) -> None:
    async with log.engine.connect() as connection:
        await Outbox().append(connection, [activity(1)])
        await connection.rollback()
    await log.write(activity(2))
    await catch_up(log.relay)
    assert await log.quantities() == [2]


async def test_a_transaction_that_commits_late_is_not_passed_over(log: Log) -> None:
    async with log.engine.connect() as late:
        await Outbox().append(late, [activity(1)])
        await log.write(activity(2))
        await catch_up(log.relay)
        await late.commit()
    await catch_up(log.relay)
    assert await log.quantities() == [2, 1]
    assert await log.positions() == [2, 1]


async def test_many_relays_at_once_publish_everything_once(log: Log) -> None:
    relays = [Relay(log.engine, log.stream, 0) for _ in range(4)]

    async def write() -> None:
        for number in range(100):
            await log.write(activity(number))

    async def relay(one: Relay) -> None:
        for _ in range(60):
            await catch_up(one)

    await asyncio.gather(write(), *(relay(one) for one in relays))
    await catch_up(log.relay)
    assert await log.quantities() == list(range(100))


async def test_a_lost_answer_publishes_nothing_twice(log: Log) -> None:
    await log.write(activity(1), activity(2))
    await log.relay.number()
    events = [activity(1).to_json(), activity(2).to_json()]
    await log.stream.append(0, events)
    await log.stream.append(0, events)
    assert await catch_up(log.relay) == 0
    assert await log.quantities() == [1, 2]


async def test_a_wiped_redis_is_filled_again(log: Log) -> None:
    await log.write(*(activity(number) for number in range(700)))
    await catch_up(log.relay)
    await log.redis.flushall()
    await log.write(activity(700))
    await catch_up(log.relay)
    assert await log.quantities() == list(range(701))


async def test_a_rewound_redis_is_brought_forward(log: Log) -> None:
    await log.write(*(activity(number) for number in range(5)))
    await catch_up(log.relay)
    kept = [fields[b"event"].decode() for _, fields in await log.redis.xrange(log.stream.name)]
    await log.redis.flushall()
    await log.stream.append(0, kept[:3])
    await catch_up(log.relay)
    assert await log.quantities() == list(range(5))


async def test_a_stream_ahead_of_its_log_is_left_alone(log: Log) -> None:
    await log.stream.append(0, [activity(1).to_json()])
    with pytest.raises(StreamAhead):
        await log.relay.publish()
    assert await log.quantities() == [1]


async def test_what_a_relay_has_read_is_appended_before_the_log_can_be_blanked(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    await log.write(activity(1))
    await log.relay.number()
    append, refused = log.stream.append, []

    async def take_the_log() -> None:
        async with log.engine.begin() as connection:
            await connection.execute(text("SET LOCAL lock_timeout = '50ms'"))
            await connection.execute(text("LOCK TABLE outbox IN ACCESS EXCLUSIVE MODE"))

    async def slow(expected: int, events: Sequence[str]) -> int:
        with pytest.raises(OperationalError) as waited:
            await take_the_log()
        refused.append(getattr(waited.value.orig, "sqlstate", None))
        return await append(expected, events)

    monkeypatch.setattr(log.stream, "append", slow)
    assert await log.relay.publish() == 1
    assert refused == ["55P03"]
    await take_the_log()
