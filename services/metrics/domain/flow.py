"""The flow of hand-offs: what became of the offers to each agency, month by month.

A leg belongs to the month (in Japan) of its offer, or of its newest offer if it was reopened, and
to the agency that was asked. Everything that became of it later counts in that month, so each
figure counts some of the legs of the one it is nested in. Void legs count nowhere.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from math import ceil

from services.metrics.domain.facts import LegFact
from services.metrics.domain.published import Measure
from shared.japanese_time import fiscal_year_of, japanese_day
from shared.plan.model import SHIELDED_TOPICS

#: The counts of a line, in the order of pages and files; shares and times follow from legs.
COUNTS: tuple[Measure, ...] = (
    "offered",
    "accepted",
    "returned",
    "returned-again",
    "overdue",
    "closed",
    "confirmed",
)


@dataclass(frozen=True, slots=True)
class FlowCounts:
    """One agency's month: counts by measure, and the hours from offer to acceptance, sorted."""

    counts: Mapping[Measure, int]
    hours: tuple[float, ...]

    @property
    def confirmed_share(self) -> float | None:
        """Of the closed loops, the share in which the person was confirmed to have come, in %."""
        closed = self.counts["closed"]
        return 100 * self.counts["confirmed"] / closed if closed else None


@dataclass(frozen=True, slots=True)
class UnmetNeed:
    """A need that nobody could meet, with the topics of its consultation as they now stand."""

    at: datetime
    main_topic: str
    topics: tuple[str, ...]


def month_of(day: date) -> str:
    """The month of a day, as keys have it."""
    return f"{day.year:04d}-{day.month:02d}"


def percentile(hours: tuple[float, ...], share: float) -> float | None:
    """The nearest-rank percentile of sorted hours: a time that a leg really took."""
    return hours[max(0, ceil(share * len(hours)) - 1)] if hours else None


def flow_of(legs: Iterable[LegFact], year: int, until: date) -> dict[tuple[str, str], FlowCounts]:
    """The year's hand-offs offered until this day, by agency and month."""
    found: dict[tuple[str, str], list[LegFact]] = {}
    for leg in legs:
        if leg.offered_at is None:
            continue
        day = japanese_day(leg.offered_at)
        if fiscal_year_of(day) == year and day <= until:
            found.setdefault((leg.receiver, month_of(day)), []).append(leg)
    return {key: _counted(group) for key, group in sorted(found.items())}


def _counted(legs: list[LegFact]) -> FlowCounts:
    accepted = [leg for leg in legs if leg.accepted_at is not None]
    closed = [leg for leg in accepted if leg.closed_at is not None]
    hours = sorted(
        (leg.accepted_at - leg.offered_at).total_seconds() / 3600
        for leg in accepted
        if leg.accepted_at is not None
        and leg.offered_at is not None
        and leg.accepted_at >= leg.offered_at
    )
    return FlowCounts(
        counts={
            "offered": len(legs),
            "accepted": len(accepted),
            "returned": sum(leg.returns > 0 for leg in legs),
            "returned-again": sum(leg.returns > 1 for leg in legs),
            "overdue": sum(leg.overdue_at is not None for leg in legs),
            "closed": len(closed),
            "confirmed": sum(leg.confirmed_at is not None for leg in closed),
        },
        hours=tuple(hours),
    )


def unmet_by_topic(needs: Iterable[UnmetNeed], year: int, until: date) -> dict[str, dict[str, int]]:
    """Unmet needs by the main topic and the month (in Japan) in which they were recorded.

    Consultations about violence are in no count by topic.
    """
    found: dict[str, dict[str, int]] = {}
    for need in needs:
        day = japanese_day(need.at)
        if fiscal_year_of(day) != year or day > until:
            continue
        if SHIELDED_TOPICS.isdisjoint(need.topics):
            months = found.setdefault(need.main_topic, {})
            months[month_of(day)] = months.get(month_of(day), 0) + 1
    return found
