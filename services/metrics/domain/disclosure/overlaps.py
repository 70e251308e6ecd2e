"""Which indicators count only records that others count too, read from the plan's rules."""

from collections.abc import Mapping
from dataclasses import dataclass

from shared.plan.counting import Consultations, ConsultationsOrAccepted, CountingRule
from shared.plan.model import Agency


@dataclass(frozen=True, slots=True)
class Containment:
    """Each record of `inner` counts in at least one of `outer`, in the same month.

    It holds between these `versions` of the rules, by indicator; of those not named, for all.
    """

    inner: str
    outer: tuple[str, ...]
    versions: tuple[tuple[str, int], ...] = ()

    def holds(self, counted_by: Mapping[str, int]) -> bool:
        """Whether it holds between indicators that these versions counted."""
        return all(counted_by.get(name, version) == version for name, version in self.versions)


def _desks(rule: CountingRule, agencies: Mapping[str, Agency]) -> frozenset[str] | None:
    """The desks whose consultations may count; None where the rule counts other things too."""
    match rule:
        case Consultations():
            kinds = rule.desk_kinds
            return frozenset(
                one.id
                for one in agencies.values()
                if (rule.desks is None or one.id in rule.desks)
                and (kinds is None or one.kind in kinds)
            )
        case _:
            return None


def _holds_all(rule: CountingRule, inner: Consultations, agencies: Mapping[str, Agency]) -> bool:
    """Whether this rule counts every record of the inner one that comes from its own desks."""
    match rule:
        case Consultations():
            callers = rule.callers is None or (
                inner.callers is not None and inner.callers <= rule.callers
            )
            return callers and rule.topic_group in (None, inner.topic_group)
        case ConsultationsOrAccepted(agency=agency):
            return agency in agencies
        case _:
            return False


def containments(
    rules: Mapping[str, CountingRule], agencies: Mapping[str, Agency]
) -> tuple[Containment, ...]:
    """Every containment: in one other indicator, or in several that cover all of its desks.

    Only rules that count by the day of receipt are compared; others move records between months.
    """
    found = []
    for name, rule in rules.items():
        wanted = _desks(rule, agencies)
        if wanted is None or not isinstance(rule, Consultations):
            continue
        covers: dict[str, frozenset[str]] = {}
        for other, candidate in rules.items():
            if other == name or not _holds_all(candidate, rule, agencies):
                continue
            desks = _desks(candidate, agencies)
            if isinstance(candidate, ConsultationsOrAccepted):
                desks = frozenset({candidate.agency})
            covers[other] = (desks or frozenset()) & wanted
        alone = [other for other, desks in covers.items() if desks == wanted]
        found += [_between(rules, name, (other,)) for other in alone]
        together = tuple(other for other, desks in covers.items() if desks)
        if not alone and frozenset().union(*covers.values()) == wanted:
            found.append(_between(rules, name, together))
    return tuple(found)


def _between(rules: Mapping[str, CountingRule], inner: str, outer: tuple[str, ...]) -> Containment:
    versions = tuple((name, rules[name].version) for name in (inner, *outer))
    return Containment(inner, outer, versions)
