"""The counting rules in force, and what another version that waits would change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.rule_versions import COUNTED, WAITING, RuleVersion
from services.metrics.domain.series import by_month, figure_of
from services.metrics.domain.values import Value
from services.metrics.storage import material, rules
from services.metrics.usecases.show_series import grows
from shared.japanese_time import fiscal_year_of
from shared.plan import Plan
from shared.plan.counting import CountingRule
from shared.plan.model import IndicatorRow


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure by the version in force, and by the one that waits."""

    key: str
    old: Value
    new: Value

    @property
    def differs(self) -> bool:
        """Whether switching would change it."""
        return (self.old.value, self.old.state) != (self.new.value, self.new.state)


@dataclass(frozen=True, slots=True)
class ComparedYear(Compared):
    """The same of a fiscal year, with its months."""

    months: tuple[Compared, ...]


@dataclass(frozen=True, slots=True)
class ShownRule:
    """An indicator's rule in force; `waiting` and what it would change, if there is one."""

    row: IndicatorRow
    rule: CountingRule
    waiting: RuleVersion | None
    years: tuple[ComparedYear, ...] = ()


async def show_rules(connection: AsyncConnection, plan: Plan, today: date) -> list[ShownRule]:
    """Every indicator once, in the plan's order.

    A version that is still being counted has no figures to compare yet.
    """
    await rules.hold_versions(connection)
    kept = await rules.versions(connection, COUNTED)
    shown = []
    for row in plan.indicators:
        if row.same_as is not None:
            continue
        mine = [one for one in kept if one.indicator == row.id]
        active = next((one for one in mine if one.state == "active"), None)
        waiting = next((one for one in mine if one.state in WAITING), None)
        years: tuple[ComparedYear, ...] = ()
        if active is not None and waiting is not None and waiting.state == "ready":
            years = await _compare(connection, row, [active, waiting], today)
        rule = plan.rules[row.id] if active is None else active.rule
        shown.append(ShownRule(row, rule, waiting, years))
    return shown


async def _compare(
    connection: AsyncConnection, row: IndicatorRow, versions: Sequence[RuleVersion], today: date
) -> tuple[ComparedYear, ...]:
    counted = await rules.years_counted(connection, row.id)
    last = max([*counted, fiscal_year_of(today)])
    found = []
    for year in range(min([*counted, last]), last + 1):
        figures, months = [], []
        for one in versions:
            which = rules.counted_by(one.indicator, one.version)
            made_of = await material.of_year(connection, which, year, grows=grows(one.rule))
            figures.append(figure_of(one.rule, made_of, year, row.decimals, today))
            months.append(list(by_month(one.rule, made_of, year, row.decimals, today)))
        compared = tuple(
            Compared(str(old.key), old.value, new.value) for old, new in zip(*months, strict=True)
        )
        found.append(ComparedYear(str(year), figures[0], figures[1], compared))
    return tuple(found)
