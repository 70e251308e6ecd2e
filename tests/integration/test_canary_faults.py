"""What meets a fault is told nowhere, ends with its time all the same, and moves no figure."""

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import psycopg
import pytest
from structlog.processors import format_exc_info
from structlog.testing import capture_logs

from shared.database import AS_SERVICE, make_engine
from shared.messaging import dead_letters, replay
from shared.messaging.forgetting import FORGOTTEN
from shared.plan import Plan
from tests.counting.rebuilding import rebuild
from tests.integration.counter_form import FORM, typed
from tests.integration.meetings import DESK, LEAD, act, case_of
from tests.integration.whereabouts import all_stored, first_day_after, forget, places
from tests.world import World, consultation, refer

pytestmark = pytest.mark.anyio

_COUNTER, _PATH = f"counter:{DESK}", "/intake/api/consultations"
#: Of a memo that cannot be stored, of an event that cannot be applied, and of a page's form.
_LOST, _POISON, _TYPED, _WHY = "彼岸花の札", "勿忘草の札", "寒椿の札", "紅梅の札"
_FAULTS = {
    "INTAKE": ("memo", f"body <> '{_LOST}'"),
    "REFERRAL": ("leg", f"reason <> '{_POISON}'"),
}


@asynccontextmanager
async def _faults(environment: Mapping[str, str]) -> AsyncIterator[None]:
    """Tables that refuse these words."""

    def change(words: str) -> None:
        for name, (table, check) in _FAULTS.items():
            with psycopg.connect(environment[f"{name}_OWNER_DATABASE_URL"]) as owner:
                owner.execute(f"ALTER TABLE {table} {words.format(check=check)}".encode())

    change("ADD CONSTRAINT fault CHECK ({check}) NOT VALID")
    try:
        yield
    finally:
        change("DROP CONSTRAINT fault")


async def _letter(environment: Mapping[str, str]) -> int:
    """The number of referral's dead letter, as soon as there is one."""
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=1, options=AS_SERVICE)
    try:
        async with asyncio.timeout(20):
            while True:
                async with engine.connect() as connection:
                    letters = await dead_letters.all_open(connection)
                if letters:
                    return letters[0].number
                await asyncio.sleep(0.05)
    finally:
        await engine.dispose()


async def _replay(world: World, environment: Mapping[str, str], number: int) -> None:
    engine = make_engine(environment["REFERRAL_DATABASE_URL"], pool_size=2, options=AS_SERVICE)
    _, error = await replay.replay(engine, world.workers["referral"].applier, number)
    await engine.dispose()
    assert error is None


async def _end(world: World, case: str) -> None:
    [leg] = (await case_of(world, case))["legs"]
    await act(world, leg["id"], DESK, "withdraw", reason="別の道が見つかった")
    end = {"end": "completed", "outcome": "resolved", "ended_by": "person"}
    await world.post(f"/referral/api/cases/{case}/close", DESK, end)


async def _post(world: World, body: Any) -> tuple[int, str]:
    answer = await world.call("POST", _PATH, _COUNTER, body)
    return answer.status_code, f"{answer.headers} {answer.text}"


async def test_faults_tell_no_words_and_what_they_met_ends_with_its_time(
    world: World, environment: dict[str, str], plan: Plan, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO), capture_logs([format_exc_info]) as logs:
        async with _faults(environment):
            status, told = await _post(world, consultation(memo=_LOST))
            assert status == 500
            status, more = await _post(world, consultation(memo=f"{_LOST} hanako@example.jp"))
            assert status == 422
            status, _ = await _post(world, consultation(**refer(LEAD, reason=_POISON)))
            assert status == 201
            number = await _letter(environment)
            kept = {_LOST: set(), _POISON: {"intake.outbox", "referral.dead_letter", "redis"}}
            assert places(environment, kept) == kept
        headers = {"Authorization": f"Bearer {await world.token(_COUNTER)}"}
        form = typed("hoiku", memo=_TYPED, override=_WHY, form_key="once")
        page = await world.client.post(FORM, data=form, headers=headers)
        assert page.status_code == 303
        await _replay(world, environment, number)
        await world.settle()
    written = f"{told} {more} {page.headers} {logs} {caplog.text}"
    assert "unexpected_fault" in written
    assert "event_kept_as_dead_letter" in written
    words = (_LOST, _POISON, _TYPED, _WHY)
    assert [word for word in words if word in written] == []
    found = places(environment, words)
    assert (found[_TYPED], found[_WHY]) == ({"intake.memo"}, {"intake.override"})
    assert "referral.leg" in found[_POISON]

    for one in await world.get(_PATH, _COUNTER):
        await _end(world, one["case_id"])
    await world.settle()
    counted = await world.get("/metrics/api/indicators?fy=2026", "manager")
    shown = await world.client.get(page.headers["location"], headers=headers)
    assert _TYPED in shown.text
    await forget(environment, plan, first_day_after(plan))
    await world.settle()
    assert places(environment, words) == {word: set() for word in words}
    shown = await world.client.get(page.headers["location"], headers=headers)
    assert f"<dt>メモ</dt><dd>{FORGOTTEN}</dd>" in shown.text
    assert f"<dt>計画とちがう相手を選んだ理由</dt><dd>{FORGOTTEN}</dd>" in shown.text
    assert await world.get("/metrics/api/indicators?fy=2026", "manager") == counted
    assert "referral-requested" in all_stored(environment)["referral.dead_letter"]


async def test_a_rebuild_from_blanked_logs_equals_the_live_figures(
    world: World, environment: dict[str, str], plan: Plan
) -> None:
    recorded = await world.post(_PATH, _COUNTER, consultation(**refer(LEAD, reason=_POISON)))
    await world.settle()
    await _end(world, recorded["case_id"])
    await world.settle()
    await forget(environment, plan, first_day_after(plan))
    await world.settle()
    assert places(environment, [_POISON]) == {_POISON: set()}
    found, swapped = await rebuild(environment, plan)
    assert not found, found
    assert swapped
