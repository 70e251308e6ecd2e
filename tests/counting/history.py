"""A random history of a city, as the two logs would tell it: late, corrected, undone, reopened."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from shared.contracts import (
    ActivityCancelledV1,
    ActivityCorrectedV1,
    ActivityRecordedV1,
    ConferenceCancelledV1,
    ConferenceHeldV1,
    ConsultationCancelledV1,
    ConsultationCorrectedV1,
    ConsultationRecordedV1,
    Contract,
    FigureCancelledV1,
    FigureCorrectedV1,
    FigureReportedV1,
    PersonConfirmedV1,
    ReferralAcceptedV1,
    ReferralClosedV1,
    ReferralHandedOnV1,
    ReferralOfferedV1,
    ReferralReturnedV1,
    ReferralSucceededV1,
    ReferralVoidedV1,
    ReferralWithdrawnV1,
)
from shared.messaging.event import Cause, Event
from shared.plan import Plan

#: The moments at which figures change their year, and a day that most years lack (in UTC).
EDGES = [
    datetime(2025, 3, 31, 14, 59, 59, tzinfo=UTC),  # 31 March 23:59:59 in Japan
    datetime(2025, 3, 31, 15, 0, 0, tzinfo=UTC),  # 1 April 00:00:00
    datetime(2026, 3, 31, 14, 59, 59, 999_999, tzinfo=UTC),
    datetime(2026, 3, 31, 15, 0, 0, tzinfo=UTC),
    datetime(2024, 2, 28, 15, 0, 0, tzinfo=UTC),  # 29 February 00:00:00
    datetime(2024, 2, 29, 14, 59, 59, tzinfo=UTC),
    datetime(2025, 6, 30, 15, 0, 0, tzinfo=UTC),  # the day on which CSW began
]
_FIRST, _LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2027, 6, 30, tzinfo=UTC)
_REPORTED: dict[str, tuple[str, ...]] = {
    "active-groups": ("subsidised", "gathering-places"),
    "new-workers": ("public-assistance", "disability", "silver"),
}
_REGISTERS = [
    *("dementia-supporters",) * 4,
    *("volunteer-hosts", "aihato-members", "guardianship-appointments"),
    *("assisted-living-users", "watch-service-users", "probation-officers"),
    *("active-groups", "active-groups", "new-workers", "new-workers"),
]
_RATIOS = ["training-satisfaction", "public-assistance-rate", "housing-satisfaction"]
_STATES = {
    "integrated-support-system": ["検討", "整備"],
    "guardianship-core-agency": ["検討", "設置"],
}


class City:
    """Writes both logs. Within one aggregate the order is as the services write it."""

    def __init__(self, plan: Plan, seed: int) -> None:
        self._plan = plan
        self._random = Random(seed)
        self._number = seed << 32
        self._days: set[tuple[str, str | None, date]] = set()
        asked: list[list[Event]] = []
        written = [self._consultation(asked) for _ in range(self._random.randint(2, 9))]
        written += [self._activity() for _ in range(self._random.randint(0, 8))]
        written += [self._figure() for _ in range(self._random.randint(0, 14))]
        asked += [self._conference() for _ in range(self._random.randint(0, 3))]
        self.intake = self._shuffled(written)
        self.referral = self._shuffled(asked)

    def _shuffled(self, sequences: list[list[Event]]) -> list[Event]:
        """One log of several aggregates, each in its own order."""
        waiting = [list(one) for one in sequences if one]
        log = []
        while waiting:
            chosen = self._random.choice(waiting)
            log.append(chosen.pop(0))
            waiting = [one for one in waiting if one]
        return log

    def _id(self) -> UUID:
        self._number += 1
        return UUID(int=self._number)

    def _moment(self, after: datetime = _FIRST) -> datetime:
        edges = [edge for edge in EDGES if edge >= after]
        if edges and self._random.random() < 0.5:
            return self._random.choice(edges)
        span = max(0, int((_LAST - after).total_seconds()))
        return after + timedelta(seconds=self._random.randint(0, span))

    def _day(self) -> date:
        return (self._moment() + timedelta(hours=9)).date()

    def _chance(self, share: float) -> bool:
        return self._random.random() < share

    def _code(self, code_list: str) -> str:
        return self._random.choice(list(self._plan.codes[code_list]))

    def _desk(self) -> str:
        council = ["csw", "shakyo-chiiki", "shakyo-sogo", "shakyo-volunteer", "shakyo-kenri"]
        return self._random.choice([*council, "chiiki-kyosei", *self._plan.agencies])

    def _event(self, subject: UUID, at: datetime, data: Contract) -> Event:
        return Event(self._id(), subject, at, data, Cause("test", "test"))

    def _consultation(self, asked: list[list[Event]]) -> list[Event]:
        subject, desk, events = self._id(), self._desk(), []
        for revision in range(1, self._random.choice([2, 2, 3, 4])):
            contract = ConsultationRecordedV1 if revision == 1 else ConsultationCorrectedV1
            events.append(self._event(subject, _LAST, self._told(contract, desk, revision)))
        if self._chance(0.15):
            revision = len(events) + 1
            cancelled = ConsultationCancelledV1(desk=desk, received_at=_FIRST, revision=revision)
            events.append(self._event(subject, _LAST, cancelled))
        case = self._id()
        legs = [self._leg(subject, case) for _ in range(self._random.choice([0, 0, 1, 1, 2, 3]))]
        asked.append(self._shuffled(legs))
        return events

    def _told(self, contract: type[Any], desk: str, revision: int) -> Contract:
        topics = self._random.sample(list(self._plan.topics), self._random.randint(1, 3))
        if self._chance(0.4):
            grouped = [one.id for one in self._plan.topics.values() if one.group]
            topics = [self._random.choice(grouped)]
        if self._chance(0.2):
            topics = list(dict.fromkeys([*topics, self._random.choice(["dv", "child-abuse"])]))
        callers = ["welfare-group", "residents-association", self._code("caller")]
        told: Contract = contract(
            desk=desk,
            received_at=self._moment(),
            caller=self._random.choice(callers),
            channel=self._code("channel"),
            anonymous=self._chance(0.3),
            repeat=self._chance(0.3),
            age_band=self._code("age_band"),
            sex=self._code("sex"),
            district=self._code("district"),
            household=self._code("household"),
            topics=tuple(topics),
            main_topic=topics[0],
            urgency=self._code("urgency"),
            response=self._random.choice(["aid", "aid", self._code("response")]),
            revision=revision,
        )
        return told

    def _leg(self, subject: UUID, case: UUID) -> list[Event]:
        receivers = ["csw", "seikatsu-engo", "shogai-shuro", "shakyo-chiiki", self._desk()]
        words: dict[str, Any] = {
            "case_id": case,
            "referral_id": self._id(),
            "consultation_id": subject,
            "sender": "chiiki-kyosei",
            "receiver": self._random.choice(receivers),
            "lead": True,
        }
        at, events = self._moment(), []

        def tell(contract: type[Any], **more: Any) -> None:
            nonlocal at
            at = self._moment(at) if events else at
            events.append(self._event(case, at, contract(**words, **more)))

        for again in range(self._random.choice([1, 1, 1, 2, 3])):
            tell(ReferralOfferedV1, basis="consent", mode="phone", due_at=_LAST, again=again > 0)
            if self._chance(0.15):
                self._succeed(words, "offered", tell)
            if self._chance(0.25):
                tell(*self._refusal())
                continue
            tell(ReferralAcceptedV1)
            if self._chance(0.15):
                self._succeed(words, "accepted", tell)
            if self._chance(0.2):
                tell(PersonConfirmedV1)
            if self._chance(0.15):
                tell(ReferralHandedOnV1, to_referral=self._id())
                break
            if not self._chance(0.75):
                break
            outcome = self._random.choice(["employed", "resolved", self._code("outcome")])
            tell(ReferralClosedV1, outcome=outcome, ended_by="person")
        if self._chance(0.15):
            tell(ReferralVoidedV1)
        return events

    def _succeed(self, words: dict[str, Any], state: str, tell: Any) -> None:
        """Another agency answers for the leg from now on."""
        previous = words["receiver"]
        words["receiver"] = self._random.choice(["csw", "seikatsu-engo", "houkatsu"])
        tell(ReferralSucceededV1, previous=previous, state=state)

    def _refusal(self) -> Any:
        if self._chance(0.5):
            return (ReferralWithdrawnV1,)
        return (_returned,)

    def _activity(self) -> list[Event]:
        subject, desk, events = self._id(), self._desk(), []
        kinds = ["area-assessment", "dementia-supporter-course", self._code("activity")]
        kind = self._random.choice(kinds)
        for revision in range(1, self._random.choice([2, 2, 3])):
            contract = ActivityRecordedV1 if revision == 1 else ActivityCorrectedV1
            told = contract(
                desk=desk,
                kind=kind,
                held_on=self._day(),
                district=self._code("district") if self._chance(0.8) else None,
                quantity=self._random.randint(0, 5),
                attendance=self._random.choice([None, self._random.randint(0, 60)]),
                amount=self._random.choice([None, self._random.randint(0, 90_000)]),
                revision=revision,
            )
            events.append(self._event(subject, _LAST, told))
        if self._chance(0.15):
            cancelled = ActivityCancelledV1(desk=desk, revision=len(events) + 1)
            events.append(self._event(subject, _LAST, cancelled))
        return events

    def _free_day(self, indicator: str, part: str | None) -> date:
        """A day that this indicator and part has no figure for yet: intake refuses a second."""
        while True:
            day = self._day()
            if (indicator, part, day) not in self._days:
                self._days.add((indicator, part, day))
                return day

    def _figure(self) -> list[Event]:
        indicator = self._random.choice([*_REGISTERS, *_RATIOS, *_STATES])
        parts: Sequence[str | None] = _REPORTED.get(indicator, (None,))
        part = self._random.choice(parts)
        subject, events = self._id(), []
        for revision in range(1, self._random.choice([2, 2, 3])):
            contract = FigureReportedV1 if revision == 1 else FigureCorrectedV1
            told = contract(
                desk=None,
                indicator=indicator,
                part=part,
                as_of=self._free_day(indicator, part),
                revision=revision,
                **self._values(indicator),
            )
            events.append(self._event(subject, _LAST, told))
        if self._chance(0.15):
            cancelled = FigureCancelledV1(indicator=indicator, revision=len(events) + 1)
            events.append(self._event(subject, _LAST, cancelled))
        return events

    def _values(self, indicator: str) -> dict[str, Any]:
        if indicator in _STATES:
            return {"state": self._random.choice(_STATES[indicator])}
        if indicator in _RATIOS:
            denominator = self._random.randint(1, 150_000)
            numerator = self._random.randint(0, denominator)
            return {"numerator": Decimal(numerator), "denominator": Decimal(denominator)}
        return {"value": Decimal(self._random.randint(0, 9_000))}

    def _conference(self) -> list[Event]:
        subject = self._id()
        agencies = self._random.sample(list(self._plan.agencies), self._random.randint(2, 4))
        held = ConferenceHeldV1(
            kind="support-conference",
            held_on=self._day(),
            convener=agencies[0],
            agencies=tuple(agencies),
            cases=1,
        )
        events = [self._event(subject, _LAST, held)]
        if self._chance(0.2):
            events.append(self._event(subject, _LAST, ConferenceCancelledV1(convener=agencies[0])))
        return events


def _returned(**words: Any) -> Contract:
    return ReferralReturnedV1(**words, reason="not-ours")
