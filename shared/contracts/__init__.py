"""Every event that Tsunagi publishes, declared once: who writes it and who reads it."""

from shared.contracts.activity import (
    ActivityCancelledV1,
    ActivityCorrectedV1,
    ActivityRecordedV1,
)
from shared.contracts.base import Contract
from shared.contracts.conference import ConferenceCancelledV1, ConferenceHeldV1
from shared.contracts.consultation import (
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    ReferralRequestedV1,
)
from shared.contracts.figure import FigureCancelledV1, FigureCorrectedV1, FigureReportedV1
from shared.contracts.referral import (
    CaseClosedV1,
    CaseEscalatedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ClockHalfOverV1,
    ClockRanOutV1,
    ContactRecordedV1,
    HolderChangedV1,
    PersonConfirmedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
    SharingBasisChangedV1,
    UnmetNeedRecordedV1,
)

CONTRACTS: tuple[type[Contract], ...] = (
    ConsultationRecordedV1,
    ConsultationCorrectedV1,
    ConsultationCancelledV1,
    ReferralRequestedV1,
    ActivityRecordedV1,
    ActivityCorrectedV1,
    ActivityCancelledV1,
    FigureReportedV1,
    FigureCorrectedV1,
    FigureCancelledV1,
    ReferralOfferedV1,
    ReferralAcceptedV1,
    ReferralReturnedV1,
    ReferralWithdrawnV1,
    ContactRecordedV1,
    ReferralClosedV1,
    HolderChangedV1,
    UnmetNeedRecordedV1,
    ReferralHandedOnV1,
    PersonConfirmedV1,
    ReferralVoidedV1,
    ReferralSucceededV1,
    SharingBasisChangedV1,
    ClockHalfOverV1,
    ClockRanOutV1,
    CaseEscalatedV1,
    CaseClosedV1,
    CaseReopenedV1,
    CaseVoidedV1,
    ConferenceHeldV1,
    ConferenceCancelledV1,
)

BY_TYPE_NAME: dict[str, type[Contract]] = {contract.type_name(): contract for contract in CONTRACTS}

#: The services that read each producer's log. A group that is not named here reads nothing.
READERS: dict[str, tuple[str, ...]] = {
    "intake": ("referral", "metrics"),
    "referral": ("intake", "metrics", "referral"),
}

__all__ = [
    "BY_TYPE_NAME",
    "CONTRACTS",
    "READERS",
    "ActivityCancelledV1",
    "ActivityCorrectedV1",
    "ActivityRecordedV1",
    "CaseClosedV1",
    "CaseEscalatedV1",
    "CaseReopenedV1",
    "CaseVoidedV1",
    "ClockHalfOverV1",
    "ClockRanOutV1",
    "ConferenceCancelledV1",
    "ConferenceHeldV1",
    "ConsultationCancelledV1",
    "ConsultationCorrectedV1",
    "ConsultationRecordedV1",
    "ContactRecordedV1",
    "Contract",
    "FigureCancelledV1",
    "FigureCorrectedV1",
    "FigureReportedV1",
    "HolderChangedV1",
    "PersonConfirmedV1",
    "ReferralAcceptedV1",
    "ReferralClosedV1",
    "ReferralHandedOnV1",
    "ReferralOfferedV1",
    "ReferralRequestedV1",
    "ReferralReturnedV1",
    "ReferralSucceededV1",
    "ReferralVoidedV1",
    "ReferralWithdrawnV1",
    "SharingBasisChangedV1",
    "UnmetNeedRecordedV1",
]
