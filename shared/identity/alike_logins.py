"""Logins that are read as one another: ADM1N beside admin, houkatsu. beside houkatsu."""

import re

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.errors import InvalidInput
from shared.identity.tables import account

#: Each sign as one that looks like it, after the prototypes of Unicode's UTS 39. Figures stay
#: apart from each other, so that csw, csw1 and csw2 are three.
_PROTOTYPES = str.maketrans({"0": "o", "1": "l", "i": "l", "m": "rn", "w": "vv"})
_SIGNS = "._@+-"
_RUN = re.compile(rf"([{re.escape(_SIGNS)}])[{re.escape(_SIGNS)}]+")
_LOCK = func.pg_advisory_xact_lock(func.hashtextextended("logins alike", 0))


def skeleton(login: str) -> str:
    """What is left of a login to a reader in a hurry; two with the same one look alike."""
    spelled = login.lower().translate(_PROTOTYPES)
    return _RUN.sub(r"\1", spelled.strip(_SIGNS))


async def refuse_alike(connection: AsyncConnection, login: str) -> None:
    """Raise InvalidInput for a login that looks like one that is there, disabled or not.

    Until the transaction ends nobody else makes one. One that differs in case alone is left to
    the database, which refuses it as taken.
    """
    await connection.execute(select(_LOCK))
    looks = skeleton(login)
    for other in (await connection.execute(select(account.c.login))).scalars():
        if skeleton(other) == looks and other.lower() != login.lower():
            detail = (
                f"すでにあるログイン名「{other}」と見分けにくくなります。"
                "別のログイン名にしてください。"
            )
            raise InvalidInput.field("login", code="looks-alike", detail=detail)
