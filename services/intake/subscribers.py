"""Which events the intake service answers, and with what."""

from services.intake.usecases.follow_cases import follow_cases
from services.intake.usecases.follow_legs import STATE_AFTER, follow_legs
from shared.contracts import CaseClosedV1, CaseReopenedV1, CaseVoidedV1, ReferralSucceededV1
from shared.messaging.subscription import Subscriptions

SUBSCRIPTIONS: Subscriptions = {
    **dict.fromkeys((*STATE_AFTER, ReferralSucceededV1), follow_legs),
    **dict.fromkeys((CaseClosedV1, CaseReopenedV1, CaseVoidedV1), follow_cases),
}
