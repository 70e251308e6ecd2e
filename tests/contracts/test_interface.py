"""Schemathesis: whatever fits or breaks the described interface, the answer is a described one.

It asks as machines of two agencies do, with tokens, and as people who are signed in, one of each
role, about records that are there and about ones that are not.
"""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from deploy.embedded.folder import free_port
from shared.database import make_engine
from shared.identity.accounts import create_account
from shared.identity.principal import Role
from tests.people import PASSWORD, make_accounts
from tests.performance.posting import make_token
from tests.processes import SERVICES, Process
from tests.servers import empty
from tests.world import consultation, refer

_CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
#: Role to the login that has it.
_PEOPLE = {
    Role.COUNTER: "counter",
    Role.AGENCY: "csw",
    Role.MANAGER: "manager",
    Role.ADMIN: "chief",
}


class Office:
    """The three services, what callers say who they are, and the ids of records there.

    `machines` are two agencies: the one that offered and holds what is there, and the other.
    """

    def __init__(
        self, webs: dict[str, Process], cookies: dict[Role, str], tokens: Sequence[str]
    ) -> None:
        self.webs = webs
        self.people = {role: {"Cookie": cookie} for role, cookie in cookies.items()}
        self.machines = [{"Authorization": f"Bearer {token}"} for token in tokens]
        self.known: dict[str, str] = {"indicator": "csw-consultations", "agency": "houkatsu"}

    def call(self, method: str, path: str, role: Role, body: Any = None) -> Any:
        """The JSON of a successful call."""
        url = self.webs[path.split("/")[1]].url + path
        headers = self.people[role]
        answer = httpx.request(method, url, json=body, headers=headers, trust_env=False, timeout=30)
        assert answer.is_success, answer.text
        return answer.json()

    def record(self) -> None:
        """A consultation with an accepted leg, an activity, a figure: found under `known`."""
        csw = Role.AGENCY
        body = consultation(**refer("houkatsu"))
        made = self.call("POST", "/intake/api/consultations", csw, body)
        self.known |= {"consultation_id": made["id"], "case_id": made["case_id"]}
        day = {"held_on": "2026-05-20"}
        activity = self.call(
            "POST", "/intake/api/activities", csw, {"kind": "donation", "amount": 1, **day}
        )
        figure = {"indicator": "volunteer-hosts", "as_of": "2026-05-20", "value": 3}
        self.known["activity_id"] = activity["id"]
        self.known["figure_id"] = self.call("POST", "/intake/api/figures", csw, figure)["id"]
        theirs = consultation(**refer("csw"))
        self.call("POST", "/intake/api/consultations", Role.COUNTER, theirs)
        self.known["leg_id"] = asyncio.run(self._first_leg())
        self.call("POST", f"/referral/api/referrals/{self.known['leg_id']}/accept", csw, {})

    async def _first_leg(self) -> str:
        for _ in range(200):
            found = self.call("GET", "/referral/api/inbox", Role.AGENCY)
            if found:
                return str(found[0]["id"])
            await asyncio.sleep(0.05)
        raise AssertionError("no leg arrived")


async def _add_administrator(servers: dict[str, str]) -> None:
    engine = make_engine(servers["IDENTITY_DATABASE_URL"], pool_size=1)
    async with engine.begin() as connection:
        await create_account(
            connection,
            login=_PEOPLE[Role.ADMIN],
            name="管理者",
            role=Role.ADMIN,
            agency=None,
            password=PASSWORD,
            now=datetime.now(UTC),
            must_change=False,
        )
    await engine.dispose()


def _cookie(url: str, login: str, password: str) -> str:
    words = {"login": login, "password": password}
    answer = httpx.post(f"{url}/sign-in", data=words, trust_env=False)
    assert answer.status_code == 303, answer.text
    return f"tsunagi={answer.cookies['tsunagi']}"


@pytest.fixture(scope="module")
def office(servers: dict[str, str]) -> Iterator[Office]:
    empty(servers)
    make_accounts(servers, "csw")
    asyncio.run(_add_administrator(servers))
    started = {name: Process(["serve", name], free_port(), servers) for name in SERVICES}
    try:
        for process in started.values():
            process.wait_ready()
        url = started["intake"].url
        cookies = {role: _cookie(url, login, PASSWORD) for role, login in _PEOPLE.items()}
        tokens = [make_token(servers, Role.AGENCY, agency) for agency in ("csw", "houkatsu")]
        made = Office(started, cookies, tokens)
        made.record()
        yield made
    finally:
        for process in started.values():
            process.close()


def _ask(office: Office, service: str, examples: int) -> int:
    """Ask every operation of a service so often, as each caller; how many calls that made."""
    schema = schemathesis.openapi.from_url(f"{office.webs[service].url}/{service}/openapi.json")
    calls = 0
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
        @given(case=operation.as_strategy(), there=st.booleans())
        def ask(case: Any, *, there: bool) -> None:
            nonlocal calls
            if there:
                known = {name: office.known.get(name) for name in case.path_parameters}
                case.path_parameters |= {name: one for name, one in known.items() if one}
            case.headers.pop("Authorization", None)
            for caller in (*office.machines, *office.people.values()):
                calls += 1
                case.call_and_validate(headers=caller, checks=_CHECKS)

        ask()
    return calls


@pytest.mark.parametrize("service", SERVICES)
def test_every_answer_is_a_described_one(office: Office, service: str) -> None:
    assert _ask(office, service, examples=2) > 50


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_every_answer_is_a_described_one_for_long(office: Office) -> None:
    calls = sum(_ask(office, service, examples=75) for service in SERVICES)
    print(f"{calls:,} calls, and no answer that was not described")
    assert calls >= 20_000
