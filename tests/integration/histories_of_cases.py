"""Random histories of cases: what somebody tries next, and what the rules say must follow."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from services.referral.domain.case import AT_WORK, LIVE, Leg, LegState
from services.referral.domain.holding import Standing
from shared.errors import Problem
from tests.integration.casework import Casework
from tests.integration.deeds_of_cases import (
    AGENCIES,
    CASE_ACTS,
    COORDINATOR,
    LEG_ACTS,
    SHARING_ACTS,
    Step,
    do_to_case,
    do_to_leg,
)
from tests.integration.table import follows

_actions = st.sampled_from(
    [*LEG_ACTS, *SHARING_ACTS, *CASE_ACTS, "accept", "return", "return", "offer", "offer", "wait"]
)
steps = st.lists(
    st.builds(
        Step,
        action=_actions,
        who=st.integers(0, 14),
        leg=st.integers(0, 3),
        to=st.integers(0, 9),
        pass_hours=st.sampled_from([0, 0, 0, 1, 5, 30, 60, 800]),
    ),
    min_size=3,
    max_size=30,
)


@dataclass(slots=True)
class Player:
    """Plays steps on one case; counts the returned leads itself."""

    work: Casework
    case_id: UUID
    returns: int = 0

    def _who(self, step: Step, leg: Leg | None, holder: str) -> str:
        """Mostly somebody who has a side in it, so that many steps are legal ones."""
        if step.who < len(AGENCIES):
            return AGENCIES[step.who]
        if leg is None or step.action in (*CASE_ACTS, *SHARING_ACTS, "reopen"):
            return holder
        return leg.sender if step.action == "withdraw" or leg.on_paper else leg.receiver

    @staticmethod
    def _leg(step: Step, before: Standing) -> Leg | None:
        """One of the legs, more often one of the newest."""
        return before.legs[-1 - step.leg % len(before.legs)] if before.legs else None

    async def play(self, step: Step) -> tuple[Standing, Standing, bool]:
        """Try one step: the case before and after, and whether it was done."""
        if step.action == "wait":
            before = await self.work.standing(self.case_id)
            await self.work.tick(timedelta(hours=step.pass_hours + 1))
            return before, await self.work.standing(self.case_id), True
        await self.work.tick(timedelta(hours=step.pass_hours))
        before = await self.work.standing(self.case_id)
        savepoint = await self.work.connection.begin_nested()
        try:
            done = await self._do(step, before)
        except Problem:
            await savepoint.rollback()
            done = False
        else:
            await savepoint.commit()
        return before, await self.work.standing(self.case_id), done

    async def _do(self, step: Step, before: Standing) -> bool:
        leg = self._leg(step, before)
        who = self._who(step, leg, before.case.holder)
        if step.action in CASE_ACTS:
            await do_to_case(self.work, self.case_id, step, who)
        elif leg is None:
            return False
        else:
            await do_to_leg(self.work, step, who, leg, before.case)
        return True

    def check(self, step: Step, before: Standing, after: Standing, *, done: bool) -> None:
        """What must follow from this step, by the rules as they are written."""
        was, now = before.case.holder, after.case.holder
        moved = [(old, new) for old in before.legs if (new := after.leg(old.id)) != old]
        if not done:
            assert after == before
            return
        if step.action == "wait":
            assert now in (was, COORDINATOR)
            if now != was:
                assert _lead_overdue(before, self.work) or not _is_live(before)
            return
        if step.action in LEG_ACTS:
            self._check_leg(step, before, after, moved)
        elif step.action in ("take-over", "nobody"):
            assert now == COORDINATOR
        elif step.action in ("name-present", "name-absent"):
            self._check_named(step, before, after)
        else:
            assert now == was
            if step.action in SHARING_ACTS:
                assert all(old.state == new.state for old, new in moved)

    def _check_named(self, step: Step, before: Standing, after: Standing) -> None:
        """Who sat in the meeting holds at once; another one is asked, and the holder stays."""
        named, was = AGENCIES[step.to % len(AGENCIES)], before.case.holder
        present = step.action == "name-present" or named == self._who(step, None, was)
        assert after.case.holder == (named if present else was)
        leads = any(leg.lead and leg.state in AT_WORK for leg in after.legs)
        if present and leads:
            self.returns = 0

    def _check_leg(
        self, step: Step, before: Standing, after: Standing, moved: list[tuple[Leg, Leg]]
    ) -> None:
        was, now = before.case.holder, after.case.holder
        leg = self._leg(step, before)
        assert leg is not None
        new = after.leg(leg.id)
        who = self._who(step, leg, was)
        sides = {
            "receiver": leg.receiver == who or (leg.on_paper and leg.sender == who),
            "sender": leg.sender == who,
            "holder": was == who or (leg.on_paper and leg.sender == who and was == leg.receiver),
            "coordinator": who == COORDINATOR,
            "administrator": step.action == "void",
        }
        held = {side for side, holds in sides.items() if holds}
        assert new.state == follows(step.action, leg.state, held)
        if step.action == "accept" and leg.lead:
            assert now == leg.receiver
            self.returns = 0
        elif step.action == "return" and leg.lead:
            self.returns += 1
            assert now == (COORDINATOR if self.returns >= 2 else was)
        else:
            assert now == was
        for old, changed in moved:
            if old.id != leg.id and changed.state != old.state:
                assert changed.state in (LegState.HANDED_ON, LegState.WITHDRAWN)


def _is_live(standing: Standing) -> bool:
    return any(leg.state in LIVE for leg in standing.legs)


def _lead_overdue(before: Standing, work: Casework) -> bool:
    return any(
        leg.lead and leg.state is LegState.OFFERED and leg.due_at <= work.now for leg in before.legs
    )


async def check_invariants(work: Casework, standing: Standing) -> None:
    """What holds at every moment, whatever happened."""
    case, legs = standing.case, standing.legs
    clocks = await work.clocks(case.id)
    if case.state == "open":
        assert case.holder in work.plan.agencies
        assert clocks, "an open case has a running clock"
        assert all(one.next_at > work.now for one in clocks)
    else:
        assert not clocks
        assert not any(leg.state in LIVE for leg in legs)
    if case.state in ("completed", "suspended"):
        assert case.outcome
        assert case.ended_by
    leads = [leg for leg in legs if leg.lead and leg.state in LIVE and not leg.pending_hand_on]
    assert len(leads) <= 1
    for leg in legs:
        waiting = [one for one in legs if one.pending_hand_on and one.continues == leg.id]
        assert len(waiting) <= 1
        assert not waiting or leg.state in AT_WORK
        assert leg.state != "closed" or (leg.outcome and leg.ended_by)
        if leg.lead and leg.state in AT_WORK:
            assert case.holder == leg.receiver
    runs = [
        (act.leg_id, act.detail["clock"], act.detail["due_at"], act.action)
        for act in await work.acts(case.id, "remind", "run-out")
    ]
    assert len(runs) == len(set(runs)), "each rung fires once"
