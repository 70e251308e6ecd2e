"""Every text and every list that the described interface takes has an end."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI

from deploy.serving import SERVICES
from tests.world import World

pytestmark = pytest.mark.anyio

#: Bounded by what a text of it may be rather than by its length; tried below.
_NUMBERS = {"value", "numerator", "denominator"}
_KEY = "idempotency-key"


def _endless(
    described: dict[str, Any], node: dict[str, Any], name: str, seen: set[str]
) -> Iterator[str]:
    if "$ref" in node:
        model = node["$ref"].rpartition("/")[2]
        if model not in seen:
            seen.add(model)
            yield from _endless(described, described["components"]["schemas"][model], name, seen)
        return
    for either in ("anyOf", "oneOf", "allOf"):
        for one in node.get(either, ()):
            yield from _endless(described, one, name, seen)
    ends = {"maxLength", "enum", "const", "format", "pattern"}
    if node.get("type") == "string" and not ends & node.keys():
        yield name
    if node.get("type") == "array":
        if "maxItems" not in node:
            yield name
        yield from _endless(described, node["items"], name, seen)
    for field, one in node.get("properties", {}).items():
        yield from _endless(described, one, field, seen)


@pytest.mark.parametrize("service", SERVICES)
async def test_every_field_says_how_long_it_may_be(
    applications: dict[str, FastAPI], service: str
) -> None:
    described = applications[service].openapi()
    seen: set[str] = set()
    found: set[str] = set()
    for operations in described["paths"].values():
        for one in operations.values():
            for content in one.get("requestBody", {}).get("content", {}).values():
                found |= set(_endless(described, content["schema"], "body", seen))
            for given in one.get("parameters", ()):
                if given["in"] != "path":
                    found |= set(_endless(described, given["schema"], given["name"], seen))
    assert found - _NUMBERS - {_KEY} == set()


@pytest.mark.parametrize("name", sorted(_NUMBERS))
@pytest.mark.parametrize("number", ["9" * 99, "0." + "9" * 5_000, "1e99999", "9" * 100_000])
async def test_a_number_written_as_text_has_an_end_too(
    quiet_world: World, name: str, number: str
) -> None:
    body = {"indicator": "volunteer-hosts", "as_of": "2026-05-20", name: number}
    answer = await quiet_world.call("POST", "/intake/api/figures", "chiiki-kyosei", body)
    assert answer.status_code == 422, answer.text


async def test_a_key_has_an_end_too(quiet_world: World) -> None:
    headers = {"Idempotency-Key": "x" * 5_000}
    body = {"kind": "donation", "held_on": "2026-05-20", "amount": 1}
    answer = await quiet_world.call(
        "POST", "/intake/api/activities", "chiiki-kyosei", body, headers=headers
    )
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize("service", SERVICES)
def test_no_body_takes_a_field_that_is_not_described(
    applications: dict[str, FastAPI], service: str
) -> None:
    described = applications[service].openapi()
    bodies = {
        content["schema"]["$ref"].rpartition("/")[2]
        for operations in described["paths"].values()
        for one in operations.values()
        for content in one.get("requestBody", {}).get("content", {}).values()
        if "$ref" in content["schema"]
    }
    schemas = described["components"]["schemas"]
    assert bodies
    assert [name for name in bodies if schemas[name].get("additionalProperties") is not False] == []
