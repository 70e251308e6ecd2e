"""What one fact contributes to each indicator. No indicator is named here: the rules are data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

from services.metrics.domain.facts import (
    ActivityFact,
    ConferenceFact,
    ConsultationFact,
    FigureFact,
    LegFact,
)
from shared.japanese_time import fiscal_year_of
from shared.plan import Plan
from shared.plan.counting import (
    REPORTED,
    ActivityDistricts,
    ActivitySum,
    AidedOrClosed,
    Consultations,
    ConsultationsOrAccepted,
    CountingRule,
    RecordedBy,
    RegisterPlusAttendance,
    ReportedOrClosed,
)
from shared.plan.model import SHIELDED_TOPICS

#: The kind of agency that the social welfare council's desks are.
COUNCIL = "council"

OfConsultation = Consultations | ConsultationsOrAccepted | AidedOrClosed
OfActivity = ActivitySum | ActivityDistricts | RegisterPlusAttendance


@dataclass(frozen=True, slots=True)
class Contribution:
    """One fact's share in one indicator: `flow` adds up, `reported` is a figure somebody gave.

    `shielded` where the consultation is about violence, or where that is not known yet: it
    counts in totals and in no breakdown by district or age.
    """

    subject: UUID
    indicator: str
    rule_version: int
    role: Literal["flow", "reported"]
    day: date
    shielded: bool = False
    part: str | None = None
    quantity: int | Decimal | None = None
    numerator: Decimal | None = None
    denominator: Decimal | None = None
    state: str | None = None
    desk: str | None = None
    district: str | None = None
    age_band: str | None = None

    @property
    def fiscal_year(self) -> int:
        """The fiscal year that it counts in."""
        return fiscal_year_of(self.day)


class Counter:
    """Counts facts by rules, which may be two versions of the same indicator's.

    Without `rules` it counts by those of the plan. What a rule says of kinds of desks and groups
    of topics is looked up in the plan once, here.
    """

    def __init__(self, plan: Plan, rules: Iterable[tuple[str, CountingRule]] | None = None) -> None:
        self._kinds = {agency.id: agency.kind for agency in plan.agencies.values()}
        given = list(plan.rules.items() if rules is None else rules)
        self._of_consultation = [
            (indicator, rule)
            for indicator, rule in given
            if isinstance(rule, Consultations | ConsultationsOrAccepted | AidedOrClosed)
        ]
        self._of_legs = [
            (indicator, rule) for indicator, rule in given if isinstance(rule, ReportedOrClosed)
        ]
        self._of_activity = [
            (indicator, rule)
            for indicator, rule in given
            if isinstance(rule, ActivitySum | ActivityDistricts | RegisterPlusAttendance)
        ]
        self._of_figure = [(name, rule) for name, rule in given if isinstance(rule, REPORTED)]
        self._topics: dict[str, set[str]] = {}
        for topic in plan.topics.values():
            if topic.group is not None:
                self._topics.setdefault(topic.group, set()).add(topic.id)

    def of_consultation(
        self, fact: ConsultationFact | None, legs: Sequence[LegFact]
    ) -> Iterator[Contribution]:
        """The contributions of a consultation and its legs; at most one for each indicator.

        Legs may be known before their consultation; then only what they prove alone counts.
        """
        if legs:
            for name, ended in self._of_legs:
                yield from _closed_legs(name, ended, legs, fact)
        if fact is None or fact.cancelled:
            return
        shielded = _shielded(fact)
        for indicator, rule in self._of_consultation:
            day = self._counted_on(rule, fact, legs)
            if day is not None:
                yield Contribution(
                    subject=fact.id,
                    indicator=indicator,
                    rule_version=rule.version,
                    role="flow",
                    day=day,
                    quantity=1,
                    desk=fact.desk,
                    district=fact.district,
                    age_band=fact.age_band,
                    shielded=shielded,
                )

    def _counted_on(
        self, rule: OfConsultation, fact: ConsultationFact, legs: Sequence[LegFact]
    ) -> date | None:
        """The day on which this consultation counts by this rule, None if it does not."""
        if isinstance(rule, Consultations):
            return fact.received_on if self._meets(rule, fact) else None
        if isinstance(rule, ConsultationsOrAccepted):
            if fact.desk == rule.agency:
                return fact.received_on
            taken = (leg.accepted_on for leg in legs if leg.receiver == rule.agency)
            return min((day for day in taken if day is not None), default=None)
        if not self._has_topic(fact, rule.topic_group):
            return None
        days = [
            leg.closed_on
            for leg in legs
            if self._kinds.get(leg.receiver) == rule.desk_kind and leg.outcome in rule.outcomes
        ]
        if self._kinds.get(fact.desk) == rule.desk_kind and fact.response == rule.response:
            days.append(fact.received_on)
        return min((day for day in days if day is not None), default=None)

    def _meets(self, rule: Consultations, fact: ConsultationFact) -> bool:
        return (
            (rule.desks is None or fact.desk in rule.desks)
            and (rule.desk_kinds is None or self._kinds.get(fact.desk) in rule.desk_kinds)
            and (rule.callers is None or fact.caller in rule.callers)
            and (rule.topic_group is None or self._has_topic(fact, rule.topic_group))
        )

    def _has_topic(self, fact: ConsultationFact, group: str) -> bool:
        return not self._topics.get(group, set()).isdisjoint(fact.topics)

    def of_activity(self, fact: ActivityFact) -> Iterator[Contribution]:
        """The contributions of an activity."""
        if fact.cancelled:
            return
        for indicator, rule in self._of_activity:
            if rule.activity != fact.kind or not self._recorded_by(rule.recorded_by, fact.desk):
                continue
            quantity = _measured(rule, fact)
            if quantity is not None:
                yield Contribution(
                    subject=fact.id,
                    indicator=indicator,
                    rule_version=rule.version,
                    role="flow",
                    day=fact.held_on,
                    quantity=quantity,
                    desk=fact.desk,
                    district=fact.district,
                )

    def of_conference(self, fact: ConferenceFact) -> Iterator[Contribution]:
        """The contributions of a conference: one at most for each indicator, however many of the
        agencies and cases it had. It stands at the convener's desk, or the first that counts.
        """
        if fact.cancelled:
            return
        for indicator, rule in self._of_activity:
            if not isinstance(rule, ActivitySum) or rule.conferences_with is None:
                continue
            counted = [
                desk
                for desk in (fact.convener, *fact.agencies)
                if self._kinds.get(desk) == rule.conferences_with
            ]
            if counted:
                yield Contribution(
                    subject=fact.id,
                    indicator=indicator,
                    rule_version=rule.version,
                    role="flow",
                    day=fact.held_on,
                    quantity=1,
                    desk=counted[0],
                )

    def _recorded_by(self, wanted: RecordedBy, desk: str) -> bool:
        """Activities count for the owner: the council's desks, or every other one."""
        return (self._kinds.get(desk) == COUNCIL) == (wanted == COUNCIL)

    def of_figure(self, fact: FigureFact) -> Iterator[Contribution]:
        """The contribution of a reported figure."""
        if fact.cancelled:
            return
        for indicator, rule in self._of_figure:
            if indicator == fact.indicator:
                yield Contribution(
                    subject=fact.id,
                    indicator=indicator,
                    rule_version=rule.version,
                    role="reported",
                    day=fact.as_of,
                    part=fact.part,
                    quantity=fact.value,
                    numerator=fact.numerator,
                    denominator=fact.denominator,
                    state=fact.state,
                )


def _shielded(fact: ConsultationFact) -> bool:
    return not SHIELDED_TOPICS.isdisjoint(fact.topics)


def _measured(rule: OfActivity, fact: ActivityFact) -> int | None:
    """What an activity adds by this rule; None where it was not written down."""
    if isinstance(rule, ActivityDistricts):
        return 1 if fact.district in rule.districts else None
    if isinstance(rule, RegisterPlusAttendance):
        return fact.attendance
    measures: Mapping[str, int | None] = {
        "quantity": fact.quantity,
        "attendance": fact.attendance,
        "amount": fact.amount,
    }
    return measures[rule.measure]


def _closed_legs(
    indicator: str, rule: ReportedOrClosed, legs: Sequence[LegFact], fact: ConsultationFact | None
) -> Iterator[Contribution]:
    """Each leg that ended well, whatever became of its consultation afterwards."""
    parts = {part.agency: part.part for part in rule.parts if part.agency is not None}
    for leg in legs:
        closed = leg.closed_on
        if closed is not None and leg.outcome == rule.outcome and leg.receiver in parts:
            yield Contribution(
                subject=leg.consultation_id,
                indicator=indicator,
                rule_version=rule.version,
                role="flow",
                day=closed,
                part=parts[leg.receiver],
                quantity=1,
                desk=leg.receiver,
                district=None if fact is None else fact.district,
                age_band=None if fact is None else fact.age_band,
                shielded=fact is None or _shielded(fact),
            )
