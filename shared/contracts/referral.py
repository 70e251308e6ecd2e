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


class ReferralHandedOnV1(LegEvent):
    """Another receiver accepted what this one handed on; with that this leg ended."""

    to_referral: UUID


class PersonConfirmedV1(LegEvent):
    """The person came to the receiver's desk with the hand-over code: the loop is closed."""


class ReferralSucceededV1(LegEvent):
    """Another agency answers for a live leg from now on, because the former one ended.

    `state` is where the leg stands, unchanged; `previous` is the agency that ended.
    """

    previous: Code
    state: Code


class ReferralVoidedV1(LegEvent):
    """The leg was entered in error: it counts nowhere, as if it had never been."""


class SharingBasisChangedV1(LegEvent):
    """What the receiver may see stands on another basis from now on.

    With `stands` False the person took consent back, and the receiver sees its own record only.
    """

    basis: Code
    stands: bool


class CaseEvent(Contract):
    """What every event about a case says of it."""

    producer: ClassVar[Producer] = "referral"

    case_id: UUID
    consultation_id: UUID


class ClockEvent(CaseEvent):
    """What every event about a term says: which, until when, and the agency whose it is.

    On a leg, `referral_id` says which one.
    """

    clock: Code
    due_at: Instant
    referral_id: UUID | None = None
    agency: Code


class ClockHalfOverV1(ClockEvent):
    """Half of a term is over, and nothing has met it yet: its agency is reminded."""


class ClockRanOutV1(ClockEvent):
    """A term was not met."""


class CaseEscalatedV1(CaseEvent):
    """A bound was reached although the coordinator holds the case already."""

    cause: Code


class CaseClosedV1(CaseEvent):
    """The case ended with an outcome: completed 終結 or suspended 中断."""

    holder: Code
    end: Code
    outcome: Code
    ended_by: Code


class CaseReopenedV1(CaseEvent):
    """A case that had ended is open again."""

    holder: Code


class CaseVoidedV1(CaseEvent):
    """Nothing of the case remains: consultation and legs were entered in error."""


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
