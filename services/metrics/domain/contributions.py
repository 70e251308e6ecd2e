"""What one fact contributes to each indicator. No indicator is named here: the rules are data."""

from collections.abc import Iterator, Mapping, Sequence
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


@dataclass(frozen=True, slots=True)
class Contribution:
    """One fact's share in one indicator: `flow` adds up, `reported` is a figure somebody gave.

    `shielded` where the consultation is about violence: it counts in totals and in no breakdown.
    """

    subject: UUID
    indicator: str
    rule_version: int
    role: Literal["flow", "reported"]
    day: date
    shielded: bool = False
    part: str | None = None
    quantity: Decimal | None = None
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
    """Counts facts by a plan's rules."""

    def __init__(self, plan: Plan) -> None:
        self._kinds = {agency.id: agency.kind for agency in plan.agencies.values()}
        self._groups = {topic.id: topic.group for topic in plan.topics.values()}
        self._rules: Mapping[str, CountingRule] = plan.rules

    def of_consultation(
        self, fact: ConsultationFact | None, legs: Sequence[LegFact]
    ) -> Iterator[Contribution]:
        """The contributions of a consultation and its legs; at most one for each indicator.

        Legs may be known before their consultation; then only what they prove alone counts.
        """
        for indicator, rule in self._rules.items():
            match rule:
                case ReportedOrClosed():
                    yield from self._closed_legs(indicator, rule, legs)
                case Consultations() | ConsultationsOrAccepted() | AidedOrClosed():
                    if fact is None or fact.cancelled:
                        continue
                    day = self._counted_on(rule, fact, legs)
                    if day is not None:
                        yield Contribution(
                            subject=fact.id,
                            indicator=indicator,
                            rule_version=rule.version,
                            role="flow",
                            day=day,
                            quantity=Decimal(1),
                            desk=fact.desk,
                            district=fact.district,
                            age_band=fact.age_band,
                            shielded=not SHIELDED_TOPICS.isdisjoint(fact.topics),
                        )

    def _counted_on(
        self,
        rule: Consultations | ConsultationsOrAccepted | AidedOrClosed,
        fact: ConsultationFact,
        legs: Sequence[LegFact],
    ) -> date | None:
        """The day on which this consultation counts by this rule, None if it does not."""
        match rule:
            case Consultations():
                return fact.received_on if self._meets(rule, fact) else None
            case ConsultationsOrAccepted(agency=agency):
                if fact.desk == agency:
                    return fact.received_on
                taken = [leg.accepted_on for leg in legs if leg.receiver == agency]
                return min((day for day in taken if day is not None), default=None)
            case AidedOrClosed():
                if not self._has_topic(fact, rule.topic_group):
                    return None
                days = [
                    leg.closed_on
                    for leg in legs
                    if self._kinds.get(leg.receiver) == rule.desk_kind
                    and leg.outcome in rule.outcomes
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
        return any(self._groups.get(topic) == group for topic in fact.topics)

    def _closed_legs(
        self, indicator: str, rule: ReportedOrClosed, legs: Sequence[LegFact]
    ) -> Iterator[Contribution]:
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
                    quantity=Decimal(1),
                    desk=leg.receiver,
                )

    def of_activity(self, fact: ActivityFact) -> Iterator[Contribution]:
        """The contributions of an activity."""
        if fact.cancelled:
            return
        for indicator, rule in self._rules.items():
            match rule:
                case ActivitySum(activity=fact.kind, measure=measure):
                    quantity = getattr(fact, measure)
                case RegisterPlusAttendance(activity=fact.kind):
                    quantity = fact.attendance
                case ActivityDistricts(activity=fact.kind, districts=districts):
                    quantity = 1 if fact.district in districts else None
                case _:
                    continue
            if quantity is None or not self._recorded_by(rule.recorded_by, fact.desk):
                continue
            yield Contribution(
                subject=fact.id,
                indicator=indicator,
                rule_version=rule.version,
                role="flow",
                day=fact.held_on,
                quantity=Decimal(quantity),
                desk=fact.desk,
                district=fact.district,
            )

    def of_conference(self, fact: ConferenceFact) -> Iterator[Contribution]:
        """The contributions of a conference: one at most for each indicator, however many of the
        agencies and cases it had. It stands at the convener's desk, or the first that counts.
        """
        if fact.cancelled:
            return
        for indicator, rule in self._rules.items():
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
                    quantity=Decimal(1),
                    desk=counted[0],
                )

    def _recorded_by(self, wanted: RecordedBy, desk: str) -> bool:
        """Activities count for the owner: the council's desks, or every other one."""
        return (self._kinds.get(desk) == COUNCIL) == (wanted == COUNCIL)

    def of_figure(self, fact: FigureFact) -> Iterator[Contribution]:
        """The contribution of a reported figure."""
        if fact.cancelled or fact.indicator not in self._rules:
            return
        yield Contribution(
            subject=fact.id,
            indicator=fact.indicator,
            rule_version=self._rules[fact.indicator].version,
            role="reported",
            day=fact.as_of,
            part=fact.part,
            quantity=fact.value,
            numerator=fact.numerator,
            denominator=fact.denominator,
            state=fact.state,
        )
