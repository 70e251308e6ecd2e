"""Events about referrals つなぎ, one leg of a case each. Their subject is the case's id."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from shared.contracts.base import Code, Contract, Instant, Producer


class LegEvent(Contract):
    """What every event about a leg says of it."""

    producer: ClassVar[Producer] = "referral"

    case_id: UUID
    referral_id: UUID
    consultation_id: UUID
    sender: Code
    receiver: Code
    lead: bool


class ReferralOfferedV1(LegEvent):
    """A leg was offered, for the first time or again after it had ended."""

    basis: Code
    mode: Code
    due_at: Instant
    again: bool = False


class ReferralAcceptedV1(LegEvent):
    """The receiver took the leg; with a lead leg it became the holder."""


class ReferralReturnedV1(LegEvent):
    """The receiver gave the leg back; the sender holds."""

    reason: Code
    suggested: Code | None = None


class ReferralWithdrawnV1(LegEvent):
    """The sender, the holder or the coordinator took the offer back."""


class ContactRecordedV1(LegEvent):
    """The receiver had contact with the person; the first one begins support."""

    on: date
    kind: Code


class ReferralClosedV1(LegEvent):
    """Support on this leg ended with an outcome."""

    outcome: Code
    ended_by: Code


class HolderChangedV1(Contract):
    """Another agency is accountable for the case from now on."""

    producer: ClassVar[Producer] = "referral"

    case_id: UUID
    consultation_id: UUID
    previous: Code | None
    holder: Code
    cause: Code


class UnmetNeedRecordedV1(Contract):
    """No agency could take it: nobody to send it to, or no capacity there (制度の狭間)."""

    producer: ClassVar[Producer] = "referral"

    case_id: UUID
    consultation_id: UUID
    kind: Code
    agency: Code | None = None
