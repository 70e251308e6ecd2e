"""Events about consultations 相談; the memo is in none of them."""

from typing import ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.base import Code, Contract, Instant, Producer


class _ConsultationFacts(Contract):
    producer: ClassVar[Producer] = "intake"

    desk: Code
    received_at: Instant
    caller: Code
    channel: Code
    anonymous: bool
    repeat: bool
    age_band: Code
    sex: Code
    district: Code
    household: Code
    topics: tuple[Code, ...] = Field(min_length=1)
    main_topic: Code
    urgency: Code
    response: Code
    revision: int = Field(ge=1)
    case_id: UUID | None = None


class ConsultationRecordedV1(_ConsultationFacts):
    """A desk wrote a consultation down. The subject of the event is the consultation's id."""


class ConsultationCorrectedV1(_ConsultationFacts):
    """A consultation as it stands after a correction; it replaces every earlier revision."""


class ConsultationCancelledV1(Contract):
    """A consultation was entered in error: it counts nowhere, and open offers are withdrawn."""

    producer: ClassVar[Producer] = "intake"

    desk: Code
    received_at: Instant
    revision: int = Field(ge=1)
    case_id: UUID | None = None


class ReferralRequestedV1(Contract):
    """The desk asks for a case, or for more legs of one. The subject is the consultation's id.

    `reason` is the only free text in any event: written for the receiver and guarded. It is
    blanked in the log after the retention time. `code` is the hand-over code つなぎ番号.
    `joins` is true when the consultation joins a case that was open already.
    """

    producer: ClassVar[Producer] = "intake"
    words: ClassVar[tuple[str, ...]] = ("reason", "authorised_by")

    case_id: UUID
    code: str | None
    desk: Code
    joins: bool = False
    to: tuple[Code, ...] = Field(max_length=5)
    lead: Code | None
    reason: str = Field(max_length=200)
    basis: Code
    mode: Code
    authorised_by: str = Field(max_length=40)
    at: Instant
