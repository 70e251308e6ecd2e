"""What the machine interface of the referral service shows: suggestions, the inbox, a case."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request

from services.referral.domain.agency_life import suggested
from services.referral.domain.inbox import InboxQuestion
from services.referral.pages.answers import CaseBody, InboxBody, SuggestionBody
from services.referral.pages.context import AgencyActs
from services.referral.usecases.show_cases import show_case, show_inbox
from services.referral.usecases.show_destinations import current_day
from shared.errors import FieldFault, InvalidInput
from shared.web.access import AtAgency, SignedIn
from shared.web.requests import Moment, Transaction

router = APIRouter(prefix="/referral/api", tags=["referral"])


@router.get("/suggestions")
async def get_suggestions(
    request: Request,
    _: SignedIn,
    connection: Transaction,
    now: Moment,
    topics: Annotated[str, Query(max_length=2000)],
    age_band: Annotated[str | None, Query(max_length=64)] = None,
    district: Annotated[str | None, Query(max_length=64)] = None,
) -> list[SuggestionBody]:
    """The agencies that the plan names for these topics."""
    plan = request.app.state.plan
    names = [name for name in topics.split(",") if name]
    faults = [
        FieldFault(("topics",), "unknown-code", "一覧にない相談内容です。")
        for name in names
        if name not in plan.topics
    ]
    if age_band is not None and age_band not in plan.codes["age_band"]:
        faults.append(FieldFault(("age_band",), "unknown-code", "一覧にない年齢区分です。"))
    if district is not None and district not in plan.codes["district"]:
        faults.append(FieldFault(("district",), "unknown-code", "一覧にない地区です。"))
    if faults:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=faults)
    today = await current_day(connection, plan, now)
    return [
        SuggestionBody(
            agency=found.agency,
            reason=found.reason,
            source_line=found.source_line,
            urgent=found.urgent,
        )
        for found in suggested(today, names, age_band, district)
    ]


@router.get("/inbox")
async def get_inbox(
    request: Request,
    principal: AtAgency,
    connection: Transaction,
    now: Moment,
    after: UUID | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 1000,
) -> list[InboxBody]:
    """The open legs of the token's agency, by time left; `after` is the last one's id."""
    plan = request.app.state.plan
    entries = await show_inbox(
        connection,
        principal.agency or "",
        plan,
        now,
        question=InboxQuestion(after=after),
        limit=limit,
    )
    return [InboxBody.of(entry) for entry in entries]


@router.get("/cases/{case_id}", response_model_exclude_none=False)
async def get_case(case_id: UUID, connection: Transaction, acting: AgencyActs) -> CaseBody:
    """One case, as far as this party may see it."""
    shown = await show_case(
        connection, case_id, acting.agency, acting.plan, acting.now, receives=acting.receives
    )
    return CaseBody.of(shown, acting.now)
