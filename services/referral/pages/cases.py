"""The page of one case, with what can be done now."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import open_lead
from services.referral.domain.clocks import ends_for_others, ends_nothing
from services.referral.pages.bodies import CallBody, CloseCaseBody, ReasonBody, ReferForm, Timed
from services.referral.pages.context import AgencyActs
from services.referral.pages.deeds import DEEDS, Desk
from services.referral.pages.fields import DEED_FIELDS, DONE
from services.referral.usecases.acting import Acting
from services.referral.usecases.find_duplicates import find_duplicates
from services.referral.usecases.follow_milestones import offered_bases
from services.referral.usecases.lead_case import close_case, take_over
from services.referral.usecases.look_after_deliveries import show_failed
from services.referral.usecases.offer_referrals import offer_referrals
from services.referral.usecases.read_notifications import read_case_news
from services.referral.usecases.show_cases import ShownCase, may_see, show_case
from services.referral.usecases.show_destinations import show_destinations
from services.referral.usecases.telephone import TELEPHONED, telephone
from shared.database import transaction
from shared.errors import Forbidden, NotFound, Problem
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.calling import calls_now
from shared.plan.routing import Suggestion
from shared.web.code_attempts import code_tried
from shared.web.forms import Form, Typed, read_form, validated
from shared.web.idempotency import form_key, redirect_once
from shared.web.rendering import render
from shared.web.requests import acts_of

router = APIRouter(prefix="/referral", include_in_schema=False)

Filled = TypeVar("Filled", bound=Timed)


def _done(request: Request) -> str:
    return DONE.get(request.query_params.get("done", ""), "")


async def _page(
    request: Request,
    case_id: UUID,
    acting: Acting,
    *,
    refused: Form | None = None,
    deed: str = "",
) -> Response:
    """The case, with an empty form for each deed but the refused one.

    Where that deed has no form any more, what was written in it is given back by itself.
    """
    shown_forms = set[str]()

    def form(action: str, leg_id: UUID | None = None) -> Form:
        key = action if leg_id is None else f"{action}-{leg_id}"
        shown_forms.add(key)
        first = {"on": japanese_day(acting.now).isoformat()}
        blank = Form(DEED_FIELDS[action], Typed(first=first), prefix=f"{key}-")
        return refused if refused is not None and key == deed else blank

    def words_left() -> list[tuple[str, str]]:
        return [] if refused is None or deed in shown_forms else refused.own_words()

    problem = None if refused is None else refused.problem
    plan = request.app.state.plan
    async with transaction(request.app.state.engine, acts_of(request)) as connection:
        shown = await show_case(
            connection, case_id, acting.agency, plan, acting.now, receives=acting.receives
        )
        desks = await show_destinations(connection, shown, acting)
        bases = await offered_bases(connection, plan, acting.now)
        duplicates = await find_duplicates(connection, shown, plan, acting.now)
        undelivered = await show_failed(connection, case_id, acting.agency)
        request.state.news = await read_case_news(connection, acting.principal, case_id, acting.now)
    members = await request.app.state.gate.members(acting.agency) if acting.receives else []
    kinds = _kinds(shown, plan)
    return render(
        request,
        "case.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        shown=shown,
        now=acting.now,
        today=japanese_day(acting.now),
        undelivered=undelivered,
        form=form,
        refused=refused or Form({}),
        words_left=words_left,
        done="" if refused else _done(request),
        destinations=desks.offering,
        led=open_lead([entry.leg for entry in shown.legs]) is not None,
        candidates=desks.returning,
        suggested=desks.named,
        proposed={
            leg_id: (agency, _proposal(leg_id, agency, shown, desks.named, plan))
            for leg_id, agency in desks.proposed.items()
        },
        paused=desks.paused,
        members=[(str(one.key), one.name) for one in members],
        bases=list(bases.items()),
        duplicates=duplicates,
        kinds=kinds,
        elsewhere=any(ends_for_others(kind, plan) for kind, _ in kinds),
        former=desks.former,
        calls=calls_now(plan, shown.case.topics, shown.case.urgency),
        called=[act for act in shown.acts if act.action == TELEPHONED],
    )


def _kinds(shown: ShownCase, plan: Plan) -> list[tuple[str, str]]:
    """The kinds of contact to choose from; those that others make only where they end a term."""
    running = [term.kind for term in shown.terms]
    labels = plan.codes["contact_kind"].items()
    return [(kind, label) for kind, label in labels if not ends_nothing(kind, running, plan)]


def _proposal(
    leg_id: UUID, agency: str, shown: ShownCase, named: Sequence[Suggestion], plan: Plan
) -> Form:
    """An offer to the agency that a receiver proposed, filled in from what was asked before."""
    leg = next(entry.leg for entry in shown.legs if entry.leg.id == leg_id)
    first = {"to": agency, "reason": leg.reason, "basis": leg.basis, "mode": leg.mode}
    if agency not in (one.agency for one in named):
        first["override"] = f"{plan.agency_name(leg.receiver)}の提案"
    return Form(DEED_FIELDS["offer"], Typed(first=first), prefix=f"proposed-{leg_id}-")


@router.get("/cases/{case_id}")
async def get_case(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """One case."""
    return await _page(request, case_id, acting)


@router.post("/cases/{case_id}/referrals")
async def post_offer(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Offer the case to more agencies."""

    async def act(connection: AsyncConnection, body: ReferForm) -> None:
        await offer_referrals(
            connection, case_id, body.offer(acting), acting, lead_chosen=body.lead_chosen
        )

    return await _do(request, case_id, "offer", ReferForm, acting, act)


@router.post("/cases/{case_id}/calls")
async def post_call(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """Stamp that somebody was called."""

    async def act(connection: AsyncConnection, body: CallBody) -> None:
        await telephone(connection, case_id, body.whom, body.at, acting)

    return await _do(request, case_id, "call", CallBody, acting, act)


@router.post("/cases/{case_id}/take-over")
async def post_take_over(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """The coordinator becomes the holder."""

    async def act(connection: AsyncConnection, body: ReasonBody) -> None:
        await take_over(connection, case_id, body.reason, body.at, acting)

    return await _do(request, case_id, "take-over", ReasonBody, acting, act)


@router.post("/cases/{case_id}/close")
async def post_close(request: Request, case_id: UUID, acting: AgencyActs) -> Response:
    """End the case."""

    async def act(connection: AsyncConnection, body: CloseCaseBody) -> None:
        await close_case(connection, case_id, **body.model_dump(), acting=acting)

    return await _do(request, case_id, "close-case", CloseCaseBody, acting, act)


@router.post("/cases/{case_id}/referrals/{leg_id}/{action}")
async def post_deed(
    request: Request, case_id: UUID, leg_id: UUID, action: str, acting: AgencyActs
) -> Response:
    """Do one of the table's actions to a leg."""
    if action not in DEEDS:
        raise NotFound("not-found", "お探しのものは見つかりませんでした。")
    model, deed = DEEDS[action]
    members = await request.app.state.gate.members(acting.agency) if action == "assign" else []

    async def act(connection: AsyncConnection, body: Timed) -> None:
        await deed(Desk(connection, acting, members), leg_id, body)

    return await _do(request, case_id, action, model, acting, act, leg_id=leg_id)


async def _do(
    request: Request,
    case_id: UUID,
    action: str,
    model: type[Filled],
    acting: Acting,
    act: Callable[[AsyncConnection, Filled], Awaitable[None]],
    *,
    leg_id: UUID | None = None,
) -> Response:
    """Do once what a form asks for; a refused one comes back with what was typed."""
    typed = await read_form(request)
    names = [name for name in model.model_fields if name != "at"]
    values: dict[str, Any] = {name: typed.one(name) for name in names if typed.one(name)}
    if typed.one("at"):
        values["at"] = typed.local_time("at")
    if "siblings" in values:
        values["siblings"] = typed.one("siblings") == "true"
    if action == "offer":
        values["to"] = typed.many("to")
    try:
        body = validated(model, values)
        engine = request.app.state.engine
        async with (
            code_tried(engine, acting.principal, getattr(body, "code", None), acting.now),
            transaction(engine, acts_of(request)) as connection,
        ):

            async def done() -> str:
                await act(connection, body)
                stays = await may_see(connection, case_id, acting)
                return f"/referral/{f'cases/{case_id}' if stays else 'inbox'}?done={action}"

            key = form_key(request, typed.one("form_key"))
            to = await redirect_once(connection, acting.principal, key, body, done)
    except (Forbidden, NotFound):
        raise
    except Problem as problem:
        deed = action if leg_id is None else f"{action}-{leg_id}"
        form = Form(DEED_FIELDS[action], typed, problem, prefix=f"{deed}-")
        try:
            return await _page(request, case_id, acting, refused=form, deed=deed)
        except NotFound:  # the case is not theirs any more; who did what they are told all the same
            raise problem from None
    return RedirectResponse(to, status_code=303)
