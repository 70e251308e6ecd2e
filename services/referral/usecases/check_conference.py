"""What is wrong with a conference as it was typed, and whether it may speak of a case."""

from collections.abc import Iterator
from uuid import UUID

from services.referral.domain.agency_life import AgencyDay, door_fault
from services.referral.domain.conference import (
    FOOTINGS,
    MAY_HAVE,
    NEEDS,
    Conference,
    Decision,
    consented,
)
from services.referral.domain.holding import Standing
from services.referral.domain.transitions import allowed_case_actions
from services.referral.usecases.acting import Acting
from shared.errors import Conflict, FieldFault, InvalidInput, Problem
from shared.japanese_time import japanese_day
from shared.plan import Plan

_WORDS = ("agency", "end", "outcome", "ended_by", "scores", "next_review")


def check_words(conference: Conference, day: AgencyDay, acting: Acting) -> None:
    """Raise InvalidInput that names every field of a conference that cannot be taken."""
    faults = tuple(_faults(conference, day, acting))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)


def check_case(conference: Conference, standing: Standing, plan: Plan) -> None:
    """Raise unless this conference may speak of this case: not before it, and with consent where
    its kind needs one.
    """
    if conference.held_on < japanese_day(standing.case.opened_at):
        detail = "会議の日は、どのケースも始まった日からあとにしてください。"
        raise InvalidInput.field("held_on", code="before-case", detail=detail)
    if FOOTINGS[conference.kind].needs_consent and not consented(standing.legs, conference.held_on):
        detail = (
            "重層的支援会議は、ご本人の同意があるケースで開きます。"
            "同意の記録がないケースは、支援会議で話し合ってください。"
        )
        place = place_of(conference, standing.case.id)
        raise on_case(Conflict("no-consent", detail), place, conference, standing, plan)


def place_of(conference: Conference, case_id: UUID) -> tuple[str | int, ...]:
    """Where the request names this case."""
    return ("cases", conference.cases.index(case_id))


def placed(problem: Problem, place: tuple[str | int, ...]) -> Problem:
    """The same refusal with its place; the fields that it named stand below that."""
    inner = problem.errors or (FieldFault((), problem.code, problem.detail),)
    faults = [FieldFault((*place, *one.loc), one.code, one.detail) for one in inner]
    return type(problem)(problem.code, problem.detail, errors=faults, extra=problem.extra)


def on_case(
    problem: Problem,
    place: tuple[str | int, ...],
    conference: Conference,
    standing: Standing,
    plan: Plan,
) -> Problem:
    """The refusal with its place, its case, and what the convener may do to that case.

    Of the whole conference nothing was stored: `standing` is the case as it was before.
    """
    found, case = placed(problem, place), standing.case
    found.extra["case"] = str(case.id)
    if isinstance(found, Conflict):
        allowed = allowed_case_actions(conference.convener, case, standing.legs, plan)
        found.extra["allowed"] = [*map(str, allowed)]
    return found


def _faults(conference: Conference, day: AgencyDay, acting: Acting) -> Iterator[FieldFault]:
    if conference.held_on > japanese_day(acting.now):
        yield FieldFault(("held_on",), "in-the-future", "会議の日が未来になっています。")
    for index, agency in enumerate(conference.agencies):
        if agency not in acting.plan.agencies:
            yield FieldFault(("agencies", index), "unknown-agency", "一覧にない機関です。")
        elif not day.was_there(agency, conference.held_on):
            name = acting.plan.agency_name(agency)
            detail = f"「{name}」は、会議の日にはなかった機関です。"
            yield FieldFault(("agencies", index), "agency-not-valid", detail)
    if len(set(conference.agencies)) != len(conference.agencies):
        yield FieldFault(("agencies",), "twice", "同じ機関が二度選ばれています。")
    if set(conference.agencies) <= {conference.convener}:
        yield FieldFault(("agencies",), "alone", "いっしょに話し合った機関を選んでください。")
    if len(set(conference.cases)) != len(conference.cases):
        yield FieldFault(("cases",), "twice", "同じケースが二度選ばれています。")
    decided = set()
    for index, decision in enumerate(conference.decisions):
        for loc, code, detail in _decision_faults(conference, decision, day, acting):
            yield FieldFault(("decisions", index, *loc), code, detail)
        if (decision.kind, decision.case_id) in decided:
            detail = "同じケースの同じ決定が二度あります。"
            yield FieldFault(("decisions", index), "twice", detail)
        decided.add((decision.kind, decision.case_id))


def _decision_faults(
    conference: Conference, decision: Decision, day: AgencyDay, acting: Acting
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    if decision.kind not in FOOTINGS[conference.kind].decisions:
        where = acting.plan.label("conference_kind", conference.kind)
        what = acting.plan.label("decision", decision.kind)
        yield ("kind",), "not-in-this-conference", f"「{what}」は{where}では決められません。"
    if decision.case_id not in conference.cases:
        yield ("case",), "not-on-agenda", "会議で話し合うケースの中から選んでください。"
    for name in NEEDS[decision.kind]:
        if not getattr(decision, name):
            yield (name,), "missing", "この項目を入力してください。"
    taken = NEEDS[decision.kind] + MAY_HAVE.get(decision.kind, ())
    for name in _WORDS:
        if getattr(decision, name) and name not in taken:
            yield (name,), "unknown-field", "この項目は使いません。"
    if decision.agency is not None and decision.agency not in acting.plan.agencies:
        yield ("agency",), "unknown-agency", "一覧にない機関です。"
    elif decision.agency and (fault := door_fault(day, decision.agency, conference.held_on)):
        yield ("agency",), "agency-not-valid", fault
