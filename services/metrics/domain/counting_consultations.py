"""What a consultation and its legs contribute to each indicator that counts consultations."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from services.metrics.domain.contribution import Contribution
from services.metrics.domain.facts import ConsultationFact, LegFact
from shared.plan import Plan
from shared.plan.counting import (
    AidedOrClosed,
    Consultations,
    ConsultationsOrAccepted,
    CountingRule,
    ReportedOrClosed,
)
from shared.plan.model import SHIELDED_TOPICS

OfConsultation = Consultations | ConsultationsOrAccepted | AidedOrClosed


class ConsultationCounter:
    """Counts consultations by the rules that may count them.

    `kinds` are those of the desks. What a rule says of groups of topics is looked up in the plan
    once, here.
    """

    def __init__(
        self, plan: Plan, kinds: Mapping[str, str], rules: Sequence[tuple[str, CountingRule]]
    ) -> None:
        self._kinds = kinds
        self._of_consultation = [
            (indicator, rule)
            for indicator, rule in rules
            if isinstance(rule, Consultations | ConsultationsOrAccepted | AidedOrClosed)
        ]
        self._at_desk: dict[str, list[tuple[str, OfConsultation]]] = {}
        self._of_legs = [
            (indicator, rule) for indicator, rule in rules if isinstance(rule, ReportedOrClosed)
        ]
        self._topics: dict[str, set[str]] = {}
        for topic in plan.topics.values():
            if topic.group is not None:
                self._topics.setdefault(topic.group, set()).add(topic.id)

    def count(
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
        for indicator, rule in self._rules_at(fact.desk):
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

    def _rules_at(self, desk: str) -> Sequence[tuple[str, OfConsultation]]:
        """The rules that a consultation at this desk may count by, looked up once for each."""
        found = self._at_desk.get(desk)
        if found is None:
            found = self._at_desk[desk] = [
                (indicator, rule)
                for indicator, rule in self._of_consultation
                if not isinstance(rule, Consultations) or self._is_at(rule, desk)
            ]
        return found

    def _is_at(self, rule: Consultations, desk: str) -> bool:
        return (rule.desks is None or desk in rule.desks) and (
            rule.desk_kinds is None or self._kinds.get(desk) in rule.desk_kinds
        )

    def _counted_on(
        self, rule: OfConsultation, fact: ConsultationFact, legs: Sequence[LegFact]
    ) -> date | None:
        """The day on which this consultation counts by a rule of its desk, None if it does not."""
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
        return (rule.callers is None or fact.caller in rule.callers) and (
            rule.topic_group is None or self._has_topic(fact, rule.topic_group)
        )

    def _has_topic(self, fact: ConsultationFact, group: str) -> bool:
        return not self._topics.get(group, set()).isdisjoint(fact.topics)


def _shielded(fact: ConsultationFact) -> bool:
    return not SHIELDED_TOPICS.isdisjoint(fact.topics)


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
