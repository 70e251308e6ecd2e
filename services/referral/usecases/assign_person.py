"""Give a leg to one person of the receiving agency; the agency stays its receiver."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg
from services.referral.domain.transitions import Action
from services.referral.usecases.acting import Acting, note_act
from services.referral.usecases.turns import finish, take_turn
from shared.errors import InvalidInput
from shared.identity.principal import Member


async def assign_person(
    connection: AsyncConnection,
    leg_id: UUID,
    *,
    account: str,
    members: Sequence[Member],
    at: datetime | None,
    acting: Acting,
) -> Leg:
    """Assign the leg to an account of the agency, named by its id or its sign-in name.

    Raises InvalidInput for an account that the agency does not have.
    """
    turn = await take_turn(connection, leg_id, Action.ASSIGN, at, acting)
    found = next((one for one in members if account in (str(one.key), one.login)), None)
    if found is None:
        detail = "この機関のアカウントから選んでください。"
        raise InvalidInput.field("account", code="unknown-account", detail=detail)
    leg = replace(turn.leg, assigned_to=found.key, assigned_name=found.name)
    await note_act(
        connection, turn.case.id, "assign", turn.at, acting, leg_id=leg_id, name=found.name
    )
    after = turn.before.with_legs(leg)
    kept = await finish(connection, turn.before, after, [], turn.at, acting)
    return kept.leg(leg_id)
