"""Schemathesis: whatever fits or breaks the described interface, the answer is a described one."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.processes import SERVICES, Process, free_port, tsunagi

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
_ROLES = {"intake": "agency", "referral": "agency", "metrics": "manager"}


@pytest.fixture(scope="module")
def webs(servers: dict[str, str]) -> Iterator[dict[str, Process]]:
    """The web process of each service."""
    started = {name: Process(["serve", name, "--web"], free_port(), servers) for name in SERVICES}
    try:
        for process in started.values():
            process.wait_ready()
        yield started
    finally:
        for process in started.values():
            process.close()


def _token(servers: dict[str, str], role: str) -> str:
    scope = ["--agency", "csw"] if role == "agency" else []
    return tsunagi(servers, "token", "create", "--role", role, *scope)


def _check(webs: dict[str, Process], servers: dict[str, str], service: str, examples: int) -> None:
    schema = schemathesis.openapi.from_url(f"{webs[service].url}/{service}/openapi.json")
    headers = {"Authorization": f"Bearer {_token(servers, _ROLES[service])}"}
    asked = 0
    for result in schema.get_all_operations():
        operation = result.ok()
        if operation.path.endswith("/stream"):
            continue  # it has no end, and tests/integration/test_live_stream.py listens to it

        @settings(
            max_examples=examples,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            asked += 1
            case.call_and_validate(headers=headers, checks=_CHECKS)

        ask()
    assert asked > 0


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_a_described_one(
    webs: dict[str, Process], servers: dict[str, str], service: str
) -> None:
    _check(webs, servers, service, examples=8)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_a_described_one_for_long(
    webs: dict[str, Process], servers: dict[str, str], service: str
) -> None:
    _check(webs, servers, service, examples=400)
