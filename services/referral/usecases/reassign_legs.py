"""April 人事異動: everything that one person takes care of goes to a colleague, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.storage import inbox
from services.referral.usecases.acting import Acting
from services.referral.usecases.assign_person import assign_person
from shared.errors import Conflict, InvalidInput
from shared.identity.principal import Member


@dataclass(frozen=True, slots=True)
class Load:
    """A person and how many live legs they take care of; `here` is false for a stopped account."""

    account: UUID
    name: str
    legs: int
    here: bool


async def show_loads(
    connection: AsyncConnection, members: Sequence[Member], acting: Acting
) -> list[Load]:
    """Who takes care of how much in this agency, stopped accounts included, those first."""
    here = {one.key: one.name for one in members}
    found = await inbox.legs_by_person(connection, acting.agency)
    loads = [Load(key, here.get(key, name), legs, key in here) for key, name, legs in found]
    return sorted(loads, key=lambda load: (load.here, load.name))


async def reassign_legs(
    connection: AsyncConnection,
    leaving: UUID,
    following: str,
    members: Sequence[Member],
    acting: Acting,
) -> int:
    """Give every live leg of one account to another one, each with its act; how many there were.

    Raises InvalidInput for an account that the agency does not have or that leaves itself,
    Conflict where there is nothing to take over.
    """
    if str(leaving) == following:
        detail = "引き継ぐ人は、別の人を選んでください。"
        raise InvalidInput.field("to", code="same-account", detail=detail)
    if following not in {str(one.key) for one in members}:
        detail = "この機関のアカウントから選んでください。"
        raise InvalidInput.field("to", code="unknown-account", detail=detail)
    legs = await inbox.live_legs_of_person(connection, acting.agency, leaving)
    if not legs:
        detail = "この人が担当しているつなぎは、いまありません。"
        raise Conflict("nothing-assigned", detail, extra={"allowed": []})
    for leg_id in legs:
        await assign_person(
            connection, leg_id, account=following, members=members, at=None, acting=acting
        )
    return len(legs)
