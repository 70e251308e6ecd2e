"""Close a month or a year: make the next release, or show what it would change."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.counted_years import handed_on
from services.metrics.domain.disclosure.control import protect
from services.metrics.domain.disclosure.handoffs import protect_line
from services.metrics.domain.disclosure.hiding import Figures
from services.metrics.domain.disclosure.overlaps import Containment, containments
from services.metrics.domain.disclosure.series import Series
from services.metrics.domain.periods import Period, check_period, next_status, read_period
from services.metrics.domain.published import Published, YearCell
from services.metrics.domain.releasing import Head, Material, Past, canonical, compose
from services.metrics.domain.revisions import Change, changes
from services.metrics.storage import releases
from services.metrics.storage.releases import StoredRelease
from services.metrics.storage.rules import versions
from services.metrics.usecases.find_release import find_earlier_years
from services.metrics.usecases.gather_figures import Gathered, gather_figures
from services.metrics.usecases.rules_in_force import rules_in_force
from shared.errors import Conflict, InvalidInput
from shared.japanese_time import japanese_day
from shared.plan import Plan
from shared.plan.counting import CountingRule

log = structlog.get_logger()

_MONTHS = frozenset({"month"})


class Exact(BaseModel):
    """The exact figures behind a release, as they are stored for the next one's control."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    series: dict[str, Series]
    unmet: dict[str, Series]
    flow: dict[str, dict[str, Figures]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a manager asks for. `unfinished`: say so of a period that is not over."""

    period: str
    reason: str | None
    unfinished: bool


@dataclass(frozen=True, slots=True)
class Prepared:
    """A release not yet made, and what it changes against the last one of the same period.

    `first`: there was none of this period before. `counted`: up to which event of each stream.
    """

    document: Published
    changes: list[Change]
    exact: Exact
    first: bool
    counted: Mapping[str, int]


async def prepare_release(
    connection: AsyncConnection, plan: Plan, wanted: Wanted, now: datetime
) -> Prepared:
    """The release as it would be made now. Raises InvalidInput and Conflict; stores nothing."""
    if wanted.reason is not None and not wanted.reason.strip():
        raise InvalidInput.field("reason", code="missing", detail="理由を書いてください。")
    today = japanese_day(now)
    period = read_period(wanted.period)
    check_period(period, today, unfinished=wanted.unfinished)
    newest = await releases.latest(connection)
    before = await releases.of_year(connection, period.fiscal_year)
    same = [one.document for one, _ in before if one.document.period == period.name]
    last = same[-1] if same else None
    status = next_status(
        None if last is None else last.status, over=period.over(today), reason=wanted.reason
    )
    number = 1 if newest is None else newest.number + 1
    head = Head(number, period, status, wanted.reason, now, today)
    rules = await rules_in_force(connection, plan)
    gathered = await gather_figures(connection, plan, rules, period, today)
    history = [Exact.model_validate_json(figures) for _, figures in before]
    kept = {(one.indicator, one.rule.version): one.rule for one in await versions(connection)}
    within = _within(plan, rules, kept, history)
    exact = await asyncio.to_thread(_protected, plan, period, gathered, history, head, within)
    earlier = await find_earlier_years(connection, period.fiscal_year)
    since = {key: rule.since for key, rule in kept.items()}
    past = Past(_years(earlier), last, since)
    document = compose(plan, rules, head, _material(gathered, exact), past)
    found = changes(document, last)
    if last is not None and status == last.status and not found and wanted.reason is None:
        raise Conflict(
            "nothing-changed",
            "この期間の数は、前の公表版から変わっていません。それでも公表するときは、"
            "理由を書いてください。",
            extra={"allowed": []},
        )
    counted = {one.stream: one.position for one in gathered.fresh}
    return Prepared(document, found, exact, first=last is None, counted=counted)


async def make_release(
    connection: AsyncConnection, plan: Plan, wanted: Wanted, *, made_by: UUID, now: datetime
) -> StoredRelease:
    """Make the next release: numbered without holes, and never changed. Raises like the above."""
    await releases.lock(connection)
    prepared = await prepare_release(connection, plan, wanted, now)
    text, digest = canonical(prepared.document)
    await releases.store(
        connection,
        prepared.document,
        canonical=text,
        digest=digest,
        made_by=made_by,
        figures=prepared.exact.model_dump_json(),
    )
    number = prepared.document.number
    log.info(
        "release_made",
        number=number,
        period=wanted.period,
        principal=str(made_by),
        counted=prepared.counted,
    )
    return StoredRelease(number, digest, now, prepared.document)


def _protected(
    plan: Plan,
    period: Period,
    gathered: Gathered,
    history: Sequence[Exact],
    head: Head,
    within: Sequence[Containment],
) -> Exact:
    """The figures after disclosure control, in the light of the year's earlier releases."""
    rule = plan.disclosure
    final = period.whole_year and period.over(head.today)
    flow: dict[str, dict[str, Figures]] = {}
    for (agency, month), line in gathered.flow.items():
        known = [one.flow[agency][month] for one in history if month in one.flow.get(agency, {})]
        counts = {str(measure): value for measure, value in line.counts.items()}
        flow.setdefault(agency, {})[month] = protect_line(counts, known, rule)
    return Exact(
        series=protect(
            gathered.counts,
            [one.series for one in history],
            within,
            rule,
            final=final,
        ),
        unmet=protect(
            gathered.unmet,
            [one.unmet for one in history],
            (),
            rule,
            final=False,
            never=_MONTHS,
        ),
        flow=flow,
    )


def _within(
    plan: Plan,
    rules: Mapping[str, CountingRule],
    kept: Mapping[tuple[str, int], CountingRule],
    history: Sequence[Exact],
) -> tuple[Containment, ...]:
    """What is contained in what by the rules in force, and by those that counted before."""
    found = dict.fromkeys(containments(rules, plan.agencies))
    for release in history:
        then = {
            name: kept.get((name, series.version), rules[name])
            for name, series in release.series.items()
        }
        found |= dict.fromkeys(containments({**rules, **then}, plan.agencies))
    return tuple(found)


def _material(gathered: Gathered, exact: Exact) -> Material:
    return Material(
        values=gathered.values,
        months=gathered.months,
        series=exact.series,
        flow={
            (agency, month): (line, exact.flow[agency][month])
            for (agency, month), line in gathered.flow.items()
        },
        unmet={topic: series.total for topic, series in exact.unmet.items()},
    )


def _years(earlier: Sequence[StoredRelease]) -> Mapping[str, Sequence[YearCell]]:
    """The cells of earlier years by indicator, each from the current release of its year."""
    found: dict[str, dict[int, YearCell]] = {}
    for release in earlier:
        document = release.document
        whole = document.finished and document.period == str(document.fiscal_year)
        for line in document.lines:
            cell = handed_on(line, whole=whole)
            found.setdefault(line.id, {})[document.fiscal_year] = cell
    return {
        indicator: [cells[year] for year in sorted(cells)] for indicator, cells in found.items()
    }
