"""Words whose time is over are blanked, the acts themselves stay."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Select,
    Text,
    Update,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage.agency_tables import agency_pause, agency_succession
from services.referral.storage.conference_tables import (
    conference,
    conference_case,
    conference_words,
    plan_goal,
    plan_role,
    support_plan,
)
from services.referral.storage.tables import case, contact, history, leg
from shared.messaging.forgetting import FORGOTTEN

#: Where acts keep words. The reason of a return is a code, and stays.
_WORDS = ("reason", "note", "override", "authorised_by")
_CODED = "return"


def _over(before: datetime) -> Select[tuple[UUID]]:
    """Cases that ended, and in which nobody has done anything since this moment."""
    since = select(history.c.number).where(
        history.c.case_id == case.c.id, history.c.recorded_at >= before
    )
    return select(case.c.id).where(
        case.c.state != "open", case.c.opened_at < before, ~since.exists()
    )


def _blank_detail(before: datetime, key: str) -> Update:
    told = [history.c.case_id.in_(_over(before)), history.c.detail[key].astext != FORGOTTEN]
    if key == "reason":
        told.append(history.c.action != _CODED)
    blanked = func.jsonb_set(
        history.c.detail, cast([key], ARRAY(Text)), func.to_jsonb(cast(literal(FORGOTTEN), Text))
    )
    return update(history).where(*told).values(detail=blanked)


async def forget(connection: AsyncConnection, before: datetime) -> None:
    """Blank the words of what was finished before this moment."""
    over = _over(before)
    going_on = select(conference_case.c.conference_id).where(
        conference_case.c.conference_id == conference.c.id, conference_case.c.case_id.not_in(over)
    )
    held = select(conference.c.id).where(conference.c.recorded_at < before, ~going_on.exists())
    plans = select(support_plan.c.id).where(support_plan.c.case_id.in_(over))
    legs = select(leg.c.id).where(leg.c.case_id.in_(over))
    acts = (
        update(leg)
        .where(leg.c.case_id.in_(over), leg.c.reason != FORGOTTEN)
        .values(reason=FORGOTTEN, authorised_by=FORGOTTEN),
        *(_blank_detail(before, key) for key in _WORDS),
        update(contact)
        .where(contact.c.leg_id.in_(legs), contact.c.memo != FORGOTTEN)
        .values(memo=FORGOTTEN),
        *(
            update(conference_words)
            .where(conference_words.c.conference_id.in_(held), column != FORGOTTEN)
            .values({column: FORGOTTEN})
            for column in (conference_words.c.minutes, conference_words.c.cancel_reason)
        ),
        *(
            update(table)
            .where(table.c.plan_id.in_(plans), table.c.words != FORGOTTEN)
            .values(words=FORGOTTEN)
            for table in (plan_goal, plan_role)
        ),
        update(agency_pause)
        .where(
            or_(agency_pause.c.ended_at < before, agency_pause.c.last < before.date()),
            agency_pause.c.reason != FORGOTTEN,
        )
        .values(reason=FORGOTTEN),
        update(agency_succession)
        .where(agency_succession.c.named_at < before, agency_succession.c.reason != FORGOTTEN)
        .values(reason=FORGOTTEN),
    )
    for act in acts:
        await connection.execute(act)
