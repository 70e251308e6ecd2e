"""The administrator finds a case by its code, to undo what was entered in error."""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.domain.case import Leg
from services.referral.storage import cases
from shared.errors import InvalidInput
from shared.handover_code import read_code


async def find_for_void(connection: AsyncConnection, written: str) -> list[Leg]:
    """The legs of the case with this code, in order.

    An administrator sees from whom to whom, and where a leg stands: nothing of what it is about.
    Raises InvalidInput for digits that are misread, and for a code that no case has.
    """
    code = read_code(written)
    if code is None:
        detail = "数字が違うようです。つなぎ番号をもう一度ご確認ください。"
        raise InvalidInput.field("code", code="misread", detail=detail)
    found = await cases.with_code(connection, code)
    if found is None:
        detail = "この番号のケースはありません。窓口に番号をご確認ください。"
        raise InvalidInput.field("code", code="unknown", detail=detail)
    return list(found.legs)
