"""The person came: the code that they carry proves it at the receiver's desk."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg
from services.referral.domain.transitions import Action
from services.referral.usecases.acting import Acting, happened, leg_words, note_act
from services.referral.usecases.turns import finish, take_turn
from shared.contracts import PersonConfirmedV1
from shared.errors import InvalidInput
from shared.handover_code import read_code


async def confirm_person(
    connection: AsyncConnection, leg_id: UUID, code: str, at: datetime | None, acting: Acting
) -> Leg:
    """Stamp that the person arrived. A second time changes nothing.

    Raises InvalidInput for digits that are misread, and for the code of another case.
    """
    turn = await take_turn(connection, leg_id, Action.CONFIRM, at, acting)
    read = read_code(code)
    if read is None:
        detail = "数字が違うようです。つなぎ番号をもう一度ご確認ください。"
        raise InvalidInput.field("code", code="misread", detail=detail)
    if read != turn.case.code:
        detail = "このつなぎの番号ではありません。ご本人がお持ちの番号をご確認ください。"
        raise InvalidInput.field("code", code="wrong-code", detail=detail)
    if turn.leg.confirmed_at is not None:
        return turn.before.leg(leg_id)
    leg = replace(turn.leg, confirmed_at=turn.at)
    await note_act(connection, turn.case.id, "confirm", turn.at, acting, leg_id=leg_id)
    events = [happened(turn.case, PersonConfirmedV1(**leg_words(turn.case, leg)), turn.at, acting)]
    after = turn.before.with_legs(leg)
    kept = await finish(connection, turn.before, after, events, turn.at, acting)
    return kept.leg(leg_id)
