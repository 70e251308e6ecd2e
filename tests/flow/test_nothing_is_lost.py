"""Every consultation is counted once and every case keeps its holder, whatever is killed."""

import asyncio

import httpx
import psycopg
import pytest
import redis

from deploy.doctor import look
from shared.database import AS_SERVICE
from shared.settings import load_settings
from tests.flow.clients import answer_referrals, record_consultations
from tests.processes import Process, running_processes
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

CLIENTS = 8
_DESK, _AGENCY = "chiiki-kyosei", "csw"


async def _kill_one_after_the_other(processes: list[Process], redis_url: str) -> None:
    for number, process in enumerate(processes):
        await asyncio.sleep(0.3)
        await asyncio.to_thread(process.kill)
        if number == len(processes) // 2:
            with redis.Redis.from_url(redis_url) as store:
                store.flushall()
        process.start()
        await asyncio.to_thread(process.wait_ready)


def _faulty_cases(environment: dict[str, str]) -> list[str]:
    """Open cases without a holder or a running term, and cases with two open leads."""
    with psycopg.connect(environment["REFERRAL_DATABASE_URL"], options=AS_SERVICE) as connection:
        rows = connection.execute(
            """
            SELECT id::text FROM support_case c WHERE state = 'open' AND (
                holder IS NULL
                OR NOT EXISTS (SELECT FROM clock WHERE clock.case_id = c.id)
                OR (SELECT count(*) FROM leg WHERE leg.case_id = c.id AND lead
                    AND state IN ('offered', 'accepted', 'supporting')) > 1)
            """
        )
        return [case_id for (case_id,) in rows]


def _legs(environment: dict[str, str]) -> dict[str, tuple[str, str, int]]:
    """Each leg's state, who holds its case, and how often it was answered."""
    with psycopg.connect(environment["REFERRAL_DATABASE_URL"], options=AS_SERVICE) as connection:
        rows = connection.execute(
            """
            SELECT leg.id::text, leg.state, holder, (
                SELECT count(*) FROM history
                WHERE history.leg_id = leg.id AND action IN ('accept', 'return'))
            FROM leg JOIN support_case c ON c.id = leg.case_id
            """
        )
        return {leg: (state, holder, answers) for leg, state, holder, answers in rows}


async def _kill_under_load(environment: dict[str, str], cases: int, others: int) -> None:
    bodies = [consultation(**refer(_AGENCY)) for _ in range(cases)]
    bodies += [consultation() for _ in range(others)]
    settings = load_settings(environment)
    with running_processes(environment) as processes:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            world = World(settings, client)
            desk = await world.token(f"counter:{_DESK}")
            agency = await world.token(_AGENCY)
            manager = await world.token("manager")
            intake = processes["intake", "web"].url
            referral = processes["referral", "web"].url
            ended = asyncio.Event()
            recording = asyncio.create_task(
                record_consultations(intake, desk, bodies, CLIENTS, ended)
            )
            answering = asyncio.create_task(answer_referrals(referral, agency, cases))
            await _kill_one_after_the_other(list(processes.values()), environment["REDIS_URL"])
            ended.set()
            accepted = await recording
            told = await answering
            await world.settle()
            rows = await client.get(
                f"{processes['metrics', 'web'].url}/metrics/api/indicators?fy=2026",
                headers={"Authorization": f"Bearer {manager}"},
            )
            inbox = await client.get(
                f"{referral}/referral/api/inbox", headers={"Authorization": f"Bearer {agency}"}
            )
    values = {row["id"]: row["value"] for row in rows.json()}
    assert accepted >= cases + others
    assert values["welfare-consultations"] == accepted
    holders = {"accepted": _AGENCY, "returned": _DESK}
    assert _legs(environment) == {leg: (state, holders[state], 1) for leg, state in told.items()}
    taken = {leg for leg, state in told.items() if state == "accepted"}
    assert (len(told), len(taken)) == (cases, cases // 2)
    assert {leg["id"] for leg in inbox.json()} == taken
    assert _faulty_cases(environment) == []
    standings = await look(settings)
    assert all(one.settled for one in standings)
    assert standings[0].outbox_position == accepted + cases


async def test_kill_each_process_and_wipe_redis_under_load(environment: dict[str, str]) -> None:
    await _kill_under_load(environment, cases=60, others=300)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_kill_each_process_and_wipe_redis_under_a_long_load(
    environment: dict[str, str],
) -> None:
    await _kill_under_load(environment, cases=1_000, others=9_000)
