"""The person is at the desk with a code: which of this agency's own legs is it?"""

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage import inbox
from services.referral.usecases.acting import Acting
from services.referral.usecases.show_cases import InboxEntry, inbox_entry
from shared.errors import InvalidInput
from shared.handover_code import read_code


async def find_by_code(
    connection: AsyncConnection, written: str, acting: Acting
) -> list[InboxEntry]:
    """The legs that this agency received under a code.

    Raises InvalidInput for digits that are misread, and `unknown` alike for a code that nobody
    has and for one of a case that this agency does not receive: a search tells nothing of others.
    """
    code = read_code(written)
    if code is None:
        detail = "数字が違うようです。つなぎ番号をもう一度ご確認ください。"
        raise InvalidInput.field("code", code="misread", detail=detail)
    found = await inbox.legs_of_code(connection, acting.agency, code)
    if not found:
        detail = "この番号のつなぎは、この機関には届いていません。"
        raise InvalidInput.field("code", code="unknown", detail=detail)
    return [inbox_entry(case, leg, acting.agency, acting.plan, acting.now) for case, leg in found]
