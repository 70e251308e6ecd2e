"""What every deed of this service needs beside its own input."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from shared.errors import FieldFault, InvalidInput
from shared.identity.principal import Principal
from shared.messaging.event import Cause
from shared.messaging.outbox import Outbox
from shared.plan import Plan


@dataclass(frozen=True, slots=True)
class Acting:
    """Who acts, when, under which plan, and what the events that follow will name as cause."""

    principal: Principal
    plan: Plan
    outbox: Outbox
    now: datetime
    cause: Cause

    @property
    def desk(self) -> str:
        """The agency that acts; the routes let nobody in without one."""
        if self.principal.agency is None:
            raise InvalidInput("no-desk", "窓口に属さないアカウントでは記録できません。")
        return self.principal.agency


def refuse_if_any(faults: Iterable[FieldFault]) -> None:
    """Raise InvalidInput that lists every fault, if there is one."""
    found = tuple(faults)
    if found:
        raise InvalidInput("invalid-input", "入力の内容をご確認ください。", errors=found)


def refuse_without_reason(reason: str) -> None:
    """Raise InvalidInput for a change that does not say why."""
    if not reason.strip():
        raise InvalidInput.field("reason", code="missing", detail="理由を書いてください。")
