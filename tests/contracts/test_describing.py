"""Each service describes its interface and its streams, truly."""

import json
from typing import Any

import jsonschema_rs
import pytest
import redis

from shared.contracts import CONTRACTS, READERS
from shared.messaging.describing import describe_streams
from tests.world import World, consultation, refer


@pytest.mark.parametrize("service", ["intake", "referral", "metrics"])
def test_the_streams_are_described_with_every_contract(service: str) -> None:
    described = describe_streams(service)
    producers = set(described["channels"])
    assert producers == {p for p, readers in READERS.items() if service in (p, *readers)}
    assert set(described["components"]["messages"]) == {
        contract.__name__ for contract in CONTRACTS if contract.producer in producers
    }
    actions = {name: one["action"] for name, one in described["operations"].items()}
    sends = {name for name, action in actions.items() if action == "send"}
    assert sends == ({f"send-{service}"} if service in READERS else set())


@pytest.mark.anyio
async def test_what_is_on_the_streams_is_as_described(world: World) -> None:
    body = consultation(**refer("csw"))
    await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    [entry] = await world.get("/referral/api/inbox", "csw")
    await world.post(f"/referral/api/referrals/{entry['id']}/accept", "csw", {})
    await world.settle()
    described = (await world.client.get("/metrics/asyncapi.json")).json()
    schemas = {
        message["name"]: message["payload"]
        for message in described["components"]["messages"].values()
    }
    seen = set()
    with redis.Redis.from_url(world.settings.redis_url.get_secret_value()) as store:
        for producer in READERS:
            entries: Any = store.xrange(f"ev:{{{producer}.0}}")
            for _, fields in entries:
                event = json.loads(fields[b"event"])
                jsonschema_rs.validate(_whole(schemas[event["type"]]), event)
                seen.add(event["type"].split(".")[2])
    assert {"consultation-recorded", "referral-requested", "referral-offered"} <= seen
    assert {"referral-accepted", "holder-changed"} <= seen


def _whole(payload: dict[str, Any]) -> dict[str, Any]:
    """References inside `data` are to its own definitions, wherever the schema stands."""
    data = dict(payload["properties"]["data"])
    return {
        **payload,
        "$defs": data.pop("$defs", {}),
        "properties": {**payload["properties"], "data": data},
    }


@pytest.mark.anyio
async def test_the_machine_interface_is_openapi(world: World) -> None:
    for service in ("intake", "referral", "metrics"):
        described = (await world.client.get(f"/{service}/openapi.json")).json()
        assert described["openapi"].startswith("3.1")
        ours = (f"/{service}/api/", f"/{service}/feed/")
        assert all(path.startswith(ours) for path in described["paths"])


def _counted(pages: str, line: str) -> float:
    return next((float(one.split()[-1]) for one in pages.splitlines() if line in one), 0.0)


@pytest.mark.anyio
async def test_prometheus_shows_requests_and_where_the_log_stands(world: World) -> None:
    line = (
        'tsunagi_request_seconds_count{method="POST",route="/intake/api/consultations",'
        'status="201"}'
    )
    before = _counted((await world.client.get("/intake/prometheus")).text, line)
    await world.post("/intake/api/consultations", "counter:csw", consultation())
    await world.client.get("/intake/%E5%B1%B1%E7%94%B0")
    await world.settle()
    pages = (await world.client.get("/intake/prometheus")).text
    assert _counted(pages, line) == before + 1
    assert 'route="none",status="404"' in pages
    assert "山田" not in pages
    gauges = {
        line.rpartition(" ")[0]: line.rpartition(" ")[2]
        for worker in world.workers.values()
        for line in (await worker.gauges()).decode().splitlines()
    }
    assert gauges['tsunagi_outbox_position{stream="ev:{intake.0}"}'] == "1.0"
    assert gauges['tsunagi_stream_position{stream="ev:{intake.0}"}'] == "1.0"
    for group in ("metrics", "referral"):
        labels = f'{{group="{group}",stream="ev:{{intake.0}}"}}'
        assert gauges[f"tsunagi_confirmed_position{labels}"] == "1.0"
        assert gauges[f"tsunagi_dead_letters{labels}"] == "0.0"
    assert gauges['tsunagi_part_in_trouble{part="relay ev:{intake.0}"}'] == "0.0"
