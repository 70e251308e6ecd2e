"""The JSON file has a published schema that never changes its meaning."""

import json
from pathlib import Path

import jsonschema_rs
import pytest

from services.metrics.feed.addresses import Addresses
from services.metrics.feed.as_json import json_schema
from shared.plan import Plan
from tests.feed.samples import first, publish, sample
from tests.world import World

_FROZEN = Path(__file__).parent / "frozen/indicators.v1.json"
_BASE = "http://127.0.0.1:8000"


def test_the_schema_is_as_it_was_published() -> None:
    frozen = json.loads(_FROZEN.read_text(encoding="utf-8"))
    assert json_schema(Addresses(_BASE)) == frozen


@pytest.mark.anyio
async def test_every_answer_keeps_to_the_published_schema(quiet_world: World, plan: Plan) -> None:
    third = sample(plan, number=3, previous=2, status="revised", reason="誤りを直しました。")
    await publish(quiet_world.settings, first(plan), sample(plan), third)
    schema = await quiet_world.client.get("/metrics/feed/schema/v1.json")
    assert schema.headers["content-type"] == "application/schema+json"
    assert schema.json()["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    validator = jsonschema_rs.Draft202012Validator(schema.json(), validate_formats=True)
    for number in (1, 2, 3):
        answer = await quiet_world.client.get(f"/metrics/feed/indicators.json?release={number}")
        assert [str(error) for error in validator.iter_errors(answer.json())] == []
        assert answer.json()["schema_version"] == 1
        links = answer.headers["link"]
        assert f'<{schema.json()["$id"]}>; rel="describedby"' in links
        spoilt = answer.json()
        spoilt["document"]["lines"][1]["years"][0]["mark"] = "?"
        assert not validator.is_valid(spoilt)
        spoilt = answer.json() | {"more": 1}
        assert not validator.is_valid(spoilt)
