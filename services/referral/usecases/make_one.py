"""Make one leg of those that meet at one agency, and tell what ended with that."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import LegState
from services.referral.domain.holding import Standing
from services.referral.domain.one_leg import as_one, ended_between
from services.referral.usecases.acting import Acting, happened, leg_words, note_act
from shared.contracts import ReferralHandedOnV1, ReferralWithdrawnV1
from shared.messaging.event import Event


async def make_one(
    connection: AsyncConnection, standing: Standing, agency: str, at: datetime, acting: Acting
) -> tuple[Standing, list[Event]]:
    """The case with one live leg to this agency, each ended one noted, and the events of them."""
    after, kept = as_one(standing, agency, at)
    case, events = standing.case, list[Event]()
    for leg in ended_between(standing, after, LegState.WITHDRAWN):
        data = ReferralWithdrawnV1(**leg_words(case, leg))
        events.append(happened(case, data, leg.acted_at, acting))
        await note_act(
            connection, case.id, "one-leg", leg.acted_at, acting, leg_id=leg.id, to=agency
        )
    for leg in ended_between(standing, after, LegState.HANDED_ON):
        assert kept is not None  # noqa: S101  work ends in the leg that is kept
        ended = ReferralHandedOnV1(**leg_words(case, leg), to_referral=kept)
        events.append(happened(case, ended, leg.acted_at, acting))
        await note_act(
            connection, case.id, "one-leg", leg.acted_at, acting, leg_id=leg.id, to=agency
        )
    return after, events
