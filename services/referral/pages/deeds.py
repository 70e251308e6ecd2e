"""From a form on the case page to the one use case that it stands for."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection

from services.referral.pages.bodies import (
    AssignBody,
    BasisBody,
    CloseBody,
    ConfirmBody,
    ConsentWithdrawnBody,
    ContactBody,
    HandOnBody,
    HandOnForm,
    ReasonBody,
    ReturnBody,
    Timed,
    WithdrawBody,
)
from services.referral.usecases.acting import Acting
from services.referral.usecases.answer_referral import accept_referral, return_referral
from services.referral.usecases.assign_person import assign_person
from services.referral.usecases.change_basis import change_basis, withdraw_consent
from services.referral.usecases.confirm_person import confirm_person
from services.referral.usecases.offer_referrals import hand_on_referral
from services.referral.usecases.support import check_in, close_referral, record_contact
from services.referral.usecases.take_back import reopen_referral, withdraw_referral
from shared.identity.principal import Member


@dataclass(frozen=True, slots=True)
class Desk:
    """What a deed needs beside its form: who acts, and with which colleagues."""

    connection: AsyncConnection
    acting: Acting
    members: list[Member]


async def _accept(desk: Desk, leg: UUID, body: Timed) -> None:
    await accept_referral(desk.connection, leg, body.at, desk.acting)


async def _return(desk: Desk, leg: UUID, body: ReturnBody) -> None:
    await return_referral(desk.connection, leg, **body.model_dump(), acting=desk.acting)


async def _withdraw(desk: Desk, leg: UUID, body: WithdrawBody) -> None:
    await withdraw_referral(desk.connection, leg, **body.model_dump(), acting=desk.acting)


async def _reopen(desk: Desk, leg: UUID, body: ReasonBody) -> None:
    await reopen_referral(desk.connection, leg, body.reason, body.at, desk.acting)


async def _contact(desk: Desk, leg: UUID, body: ContactBody) -> None:
    await record_contact(desk.connection, leg, **body.model_dump(), acting=desk.acting)


async def _check_in(desk: Desk, leg: UUID, body: Timed) -> None:
    await check_in(desk.connection, leg, body.at, desk.acting)


async def _confirm(desk: Desk, leg: UUID, body: ConfirmBody) -> None:
    await confirm_person(desk.connection, leg, body.code, body.at, desk.acting)


async def _assign(desk: Desk, leg: UUID, body: AssignBody) -> None:
    await assign_person(
        desk.connection,
        leg,
        account=body.account,
        members=desk.members,
        at=body.at,
        acting=desk.acting,
    )


async def _hand_on(desk: Desk, leg: UUID, body: HandOnBody) -> None:
    await hand_on_referral(desk.connection, leg, body.offer(desk.acting), desk.acting)


async def _close(desk: Desk, leg: UUID, body: CloseBody) -> None:
    await close_referral(desk.connection, leg, **body.model_dump(), acting=desk.acting)


async def _basis(desk: Desk, leg: UUID, body: BasisBody) -> None:
    await change_basis(desk.connection, leg, **body.model_dump(), acting=desk.acting)


async def _consent_withdrawn(desk: Desk, leg: UUID, body: ConsentWithdrawnBody) -> None:
    await withdraw_consent(desk.connection, leg, **body.model_dump(), acting=desk.acting)


#: What a form on the case page can do to a leg: the model it fills, and the deed.
DEEDS: Mapping[str, tuple[type[Timed], Callable[[Desk, UUID, Any], Awaitable[None]]]] = {
    "accept": (Timed, _accept),
    "return": (ReturnBody, _return),
    "withdraw": (WithdrawBody, _withdraw),
    "reopen": (ReasonBody, _reopen),
    "contacts": (ContactBody, _contact),
    "check-in": (Timed, _check_in),
    "confirm": (ConfirmBody, _confirm),
    "assign": (AssignBody, _assign),
    "hand-on": (HandOnForm, _hand_on),
    "close": (CloseBody, _close),
    "basis": (BasisBody, _basis),
    "consent-withdrawn": (ConsentWithdrawnBody, _consent_withdrawn),
}
