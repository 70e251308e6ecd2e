"""From a form on the case page to the one use case that it stands for."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg
from services.referral.usecases.acting import Acting
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.offer_referrals import reopen_referral, withdraw_referral
from services.referral.usecases.support import close_referral, record_contact


async def do(
    connection: AsyncConnection, leg_id: UUID, body: Any, action: str, acting: Acting
) -> Leg:
    """Do what the form asks for."""
    words = body.model_dump()
    match action:
        case "accept":
            return await accept_referral(connection, leg_id, body.at, acting)
        case "return":
            return await return_referral(connection, leg_id, **words, acting=acting)
        case "withdraw":
            return await withdraw_referral(connection, leg_id, body.reason, body.at, acting)
        case "reopen":
            return await reopen_referral(connection, leg_id, body.reason, body.at, acting)
        case "contacts":
            return await record_contact(connection, leg_id, **words, acting=acting)
        case _:
            return await close_referral(connection, leg_id, **words, acting=acting)
