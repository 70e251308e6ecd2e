"""Which events the intake service answers, and with what."""

from services.intake.usecases.follow_legs import STATE_AFTER, follow_legs
from shared.contracts import ReferralSucceededV1
from shared.messaging.subscription import Subscriptions

SUBSCRIPTIONS: Subscriptions = dict.fromkeys((*STATE_AFTER, ReferralSucceededV1), follow_legs)
