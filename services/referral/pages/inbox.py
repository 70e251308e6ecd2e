"""The inbox 受付箱 with its filters and the search by code, and the list of an agency's cases."""

from dataclasses import replace
from typing import Annotated, Literal
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from services.referral.domain.inbox import PARTS, InboxQuestion
from services.referral.pages.context import AgencyActs
from services.referral.pages.fields import CODE_SEARCH, DONE, INBOX_SEARCH
from services.referral.storage.listing import CasesQuestion
from services.referral.usecases.acting import Acting
from services.referral.usecases.find_by_code import find_by_code
from services.referral.usecases.show_cases import InboxEntry, count_inbox, list_cases, show_inbox
from shared.database import transaction
from shared.errors import InvalidInput, Problem, TooMany
from shared.web.access import AtAgency, AtDesk
from shared.web.code_attempts import code_tried
from shared.web.forms import Form, Typed, read_form
from shared.web.models import ApiModel
from shared.web.rendering import render
from shared.web.requests import Moment, Transaction, acts_of

router = APIRouter(prefix="/referral", include_in_schema=False)

PAGE = 50
Code = Annotated[str, Field(max_length=64)]


class InboxQuery(ApiModel):
    """What the address of an inbox may ask; an empty field asks nothing."""

    part: Literal["", "waiting", "working"] = ""
    urgency: Code = ""
    late: Literal["", "1"] = ""
    role: Literal["", "lead", "side"] = ""
    sender: Code = ""
    topic: Code = ""
    mine: Literal["", "1"] = ""
    after: UUID | None = None
    done: Code = ""

    def question(self, account: UUID) -> InboxQuestion:
        """The question; 自分の担当 is the account that asks."""
        return InboxQuestion(
            part=self.part,
            urgency=self.urgency or None,
            overdue=bool(self.late),
            lead=None if not self.role else self.role == "lead",
            sender=self.sender or None,
            topic=self.topic or None,
            assigned_to=account if self.mine else None,
            after=self.after,
        )

    def filters(self) -> dict[str, str]:
        """What was chosen, as the address has it."""
        chosen = self.model_dump(exclude={"after", "done"})
        return {name: value for name, value in chosen.items() if value}


class CasesQuery(ApiModel):
    """What the address of the list of cases may ask."""

    state: Literal["", "open", "ended"] = ""
    held: Literal["", "1"] = ""
    late: Literal["", "1"] = ""
    after: UUID | None = None

    def filters(self) -> dict[str, str]:
        """What was chosen, as the address has it."""
        return {name: value for name, value in self.model_dump(exclude={"after"}).items() if value}


@router.get("/inbox")
async def get_inbox(
    request: Request,
    principal: AtAgency,
    asked: Annotated[InboxQuery, Query()],
    acting: AgencyActs,
    connection: Transaction,
) -> Response:
    """What waits for this agency, and what it is working on: a page of each, by time left."""
    question = asked.question(principal.key)
    parts = [question.part] if question.part else [part for part in PARTS if part]
    found: dict[str, list[InboxEntry]] = {}
    for part in parts:
        found[part] = await show_inbox(
            connection,
            acting.agency,
            acting.plan,
            acting.now,
            question=replace(question, part=part),
            limit=PAGE + 1,
        )
    counts = await count_inbox(connection, acting)
    filters = asked.filters()
    return render(
        request,
        "inbox.html",
        sections={part: entries[:PAGE] for part, entries in found.items()},
        more={
            part: urlencode(filters | {"part": part, "after": str(entries[PAGE - 1].leg.id)})
            for part, entries in found.items()
            if len(entries) > PAGE
        },
        counts=counts,
        filters=filters,
        later=asked.after is not None,
        agencies=[(known.id, known.name) for known in acting.plan.agencies.values()],
        topics=[(known.id, known.label) for known in acting.plan.topics.values()],
        form=Form(INBOX_SEARCH, Typed(first=filters)),
        search=Form(CODE_SEARCH, prefix="find-"),
        done=DONE.get(asked.done, ""),
    )


@router.post("/inbox/search")
async def post_search(request: Request, _: AtAgency, acting: AgencyActs) -> Response:
    """The legs of this agency under a code that somebody brought along.

    The code comes in the form's body and never stands in an address.
    """
    typed = await read_form(request)
    problem: Problem | None = None
    found: list[InboxEntry] = []
    try:
        found = await _search(request, typed.one("code"), acting)
    except (InvalidInput, TooMany) as refused:
        problem = refused
    return render(
        request,
        "inbox_found.html",
        status=200 if problem is None else problem.status,
        headers={} if problem is None else problem.headers,
        found=found,
        search=Form(CODE_SEARCH, typed, problem, prefix="find-"),
    )


async def _search(request: Request, written: str, acting: Acting) -> list[InboxEntry]:
    if not written:
        raise InvalidInput.field("code", code="missing", detail="番号を入力してください。")
    engine = request.app.state.engine
    async with (
        code_tried(engine, acting.principal, written, acting.now),
        transaction(engine, acts_of(request)) as connection,
    ):
        return await find_by_code(connection, written, acting)


@router.get("/cases")
async def get_cases(
    request: Request,
    principal: AtDesk,
    asked: Annotated[CasesQuery, Query()],
    connection: Transaction,
    now: Moment,
) -> Response:
    """The cases that this agency is a party to, the newest first."""
    question = CasesQuestion(
        state=asked.state or None,
        held=bool(asked.held),
        overdue=bool(asked.late),
        after=asked.after,
    )
    found = await list_cases(
        connection,
        principal.agency or "",
        request.app.state.plan,
        now,
        question=question,
        limit=PAGE + 1,
    )
    filters = asked.filters()
    after = str(found[PAGE - 1].case.id) if len(found) > PAGE else ""
    return render(
        request,
        "cases.html",
        found=found[:PAGE],
        filters=filters,
        later=asked.after is not None,
        more=urlencode(filters | {"after": after}) if after else "",
    )
