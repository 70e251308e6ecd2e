"""What one fact contributes to each indicator. No indicator is named here: the rules are data."""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.counting_consultations import ConsultationCounter
from services.metrics.domain.facts import (
    ActivityFact,
    ConferenceFact,
    ConsultationFact,
    FigureFact,
    LegFact,
)
from shared.plan import Plan
from shared.plan.counting import (
    REPORTED,
    ActivityDistricts,
    ActivitySum,
    CountingRule,
    RecordedBy,
    RegisterPlusAttendance,
)

#: The kind of agency that the social welfare council's desks are.
COUNCIL = "council"

OfActivity = ActivitySum | ActivityDistricts | RegisterPlusAttendance


class Counter:
    """Counts facts by rules, which may be two versions of the same indicator's.

    Without `rules` it counts by those of the plan. What a rule says of kinds of desks is looked up
    in the plan once, here.
    """

    def __init__(self, plan: Plan, rules: Iterable[tuple[str, CountingRule]] | None = None) -> None:
        self._kinds = {agency.id: agency.kind for agency in plan.agencies.values()}
        given = list(plan.rules.items() if rules is None else rules)
        self._consultations = ConsultationCounter(plan, self._kinds, given)
        self._of_activity = [
            (indicator, rule)
            for indicator, rule in given
            if isinstance(rule, ActivitySum | ActivityDistricts | RegisterPlusAttendance)
        ]
        self._of_figure = [(name, rule) for name, rule in given if isinstance(rule, REPORTED)]

    def of_consultation(
        self, fact: ConsultationFact | None, legs: Sequence[LegFact]
    ) -> Iterator[Contribution]:
        """The contributions of a consultation and its legs; at most one for each indicator."""
        return self._consultations.count(fact, legs)

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
