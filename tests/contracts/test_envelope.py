"""The envelope is CloudEvents 1.0 JSON that any client can read."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest
import redis
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from shared.contracts import ActivityRecordedV1
from shared.messaging.event import Cause, Event, UnreadableEvent
from tests.world import World, consultation, refer

_AT = datetime(2026, 5, 20, 1, 0, tzinfo=UTC)


def _event() -> Event:
    data = ActivityRecordedV1(
        desk="shakyo-chiiki",
        revision=1,
        kind="donation",
        held_on=_AT.date(),
        district=None,
        quantity=1,
        attendance=None,
        amount=12_000,
    )
    cause = Cause("request-1", "request-1", f"00-{'a' * 32}-{'b' * 16}-00")
    return Event.of(data, subject=UUID(int=7), time=_AT, cause=cause)


def test_an_event_comes_back_as_it_was() -> None:
    event = _event()
    assert Event.from_json(event.to_json()) == event


def test_the_cloudevents_sdk_reads_the_envelope() -> None:
    event = _event()
    read = JSONFormat().read(CloudEvent, event.to_json().encode())
    assert read.get_id() == str(event.id)
    assert read.get_type() == "tsunagi.intake.activity-recorded.v1"
    assert read.get_source() == "/tsunagi/intake"
    assert read.get_subject() == str(event.subject)
    assert read.get_time() == _AT
    assert read.get_extension("correlationid") == "request-1"
    assert read.get_extension("partitionkey") == str(event.subject)
    data = read.get_data()
    assert isinstance(data, dict)
    assert data["amount"] == 12_000


@pytest.mark.parametrize(
    "text",
    ["", "nothing", "[]", "{}", '{"type": "tsunagi.intake.unheard-of.v1"}'],
)
def test_what_is_not_an_event_is_refused_without_quoting_it(text: str) -> None:
    with pytest.raises(UnreadableEvent):
        Event.from_json(text)


def test_a_wrong_shape_names_the_fields_and_not_what_they_hold() -> None:
    envelope = json.loads(_event().to_json())
    envelope["data"]["quantity"] = "山田さん"
    with pytest.raises(UnreadableEvent) as refused:
        Event.from_json(json.dumps(envelope))
    assert str(refused.value) == "invalid data: quantity"


def test_a_newer_producers_field_is_passed_over() -> None:
    event = _event()
    envelope = json.loads(event.to_json())
    envelope["data"]["added_later"] = 1
    assert Event.from_json(json.dumps(envelope)) == event


@pytest.mark.anyio
async def test_the_stream_is_readable_as_it_stands(world: World) -> None:
    body = consultation(**refer("csw"))
    recorded = await world.post("/intake/api/consultations", "counter:chiiki-kyosei", body)
    await world.settle()
    with redis.Redis.from_url(
        world.settings.redis_url.get_secret_value(), decode_responses=True
    ) as client:
        entries = client.xrange("ev:{intake.0}")
    assert isinstance(entries, list)
    assert [entry_id for entry_id, _ in entries] == ["1-0", "2-0"]
    assert [list(fields) for _, fields in entries] == [["event"], ["event"]]
    first = json.loads(entries[0][1]["event"])
    assert first["type"] == "tsunagi.intake.consultation-recorded.v1"
    assert first["subject"] == recorded["id"]
    assert first["data"]["desk"] == "chiiki-kyosei"
    assert "家計の相談が必要" in entries[1][1]["event"]


@pytest.mark.anyio
async def test_a_trace_goes_on_through_every_event(world: World) -> None:
    trace = f"00-{'c' * 32}-{'d' * 16}-01"
    answer = await world.call(
        "POST",
        "/intake/api/consultations",
        "counter:chiiki-kyosei",
        consultation(**refer("csw")),
        headers={"traceparent": trace},
    )
    assert answer.status_code == 201
    await world.settle()
    with redis.Redis.from_url(
        world.settings.redis_url.get_secret_value(), decode_responses=True
    ) as client:
        entries = [
            entry for name in ("intake", "referral") for entry in client.xrange(f"ev:{{{name}.0}}")
        ]
    events = [json.loads(fields["event"]) for _, fields in entries]
    assert len(events) >= 4
    assert {event["traceparent"] for event in events} == {trace}
    assert len({event["correlationid"] for event in events}) == 1
    requested = next(e for e in events if "referral-requested" in e["type"])
    offered = next(e for e in events if "referral-offered" in e["type"])
    assert offered["causationid"] == requested["id"]
