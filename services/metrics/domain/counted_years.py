"""By which version of its rule each year was counted, and where a series breaks for it."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise

from services.metrics.domain.published import Note, PlanLine, YearCell
from shared.japanese_time import last_day_of

#: Since which day each version of a rule counts as it does, by indicator and version.
Since = Mapping[tuple[str, int], date]


def version_of(line: PlanLine, cell: YearCell) -> int:
    """The version that counted a year; that of the line in releases that did not tell it."""
    return cell.definition_version or line.definition_version


def how_of(line: PlanLine, cell: YearCell) -> str:
    """How a year was counted, in words."""
    return cell.counted_how or line.counted_how


def handed_on(line: PlanLine, *, whole: bool) -> YearCell:
    """The release's own year as later releases take it: with how it was counted.

    A year that no release follows to its end (not `whole`) is 速報, whatever closed its months.
    """
    own = line.years[-1]
    told = {
        "definition_version": version_of(line, own),
        "counted_how": line.counted_how,
        "status": own.status if whole else "provisional",
    }
    return own.model_copy(update=told)


def beside(cell: YearCell, version: int) -> YearCell:
    """An earlier year in a line of this version, whose words it repeats only if they differ."""
    same = cell.definition_version == version
    return cell.model_copy(update={"counted_how": None}) if same else cell


def is_newer_than_the_plan(since: date, baseline_year: int) -> bool:
    """Whether a rule that counts so since this day is not that of the plan's 現状."""
    return since > last_day_of(baseline_year)


def plan_notes(lines: Sequence[PlanLine], since: Since, baseline_year: int) -> Iterator[Note]:
    """A series break between the plan's 現状 and the first year behind it, where its rule is newer.

    Not where the plan's own year is in the line: then that is what is compared.
    """
    for line in {one.id: one for one in lines}.values():
        cells = {cell.fiscal_year: cell for cell in line.years}
        own, cell = cells.get(baseline_year), cells.get(baseline_year + 1)
        printed = own is not None and own.printed
        if cell is None or printed or line.baseline_value is None:
            continue
        version = version_of(line, cell)
        if own is not None and version_of(line, own) != version:
            continue  # that break has its note already
        begins = since.get((line.id, version))
        if begins is not None and is_newer_than_the_plan(begins, baseline_year):
            yield Note(
                on=date(cell.fiscal_year, 4, 1),
                kind="counting",
                breaks=True,
                indicators=(line.id,),
                words=f"{cell.fiscal_year}年度は、計画の現状（{baseline_year}年度）より新しい"
                f"数え方（第{version}版）で数えました。",
            )


def version_notes(lines: Sequence[PlanLine]) -> Iterator[Note]:
    """A series break at the start of each year that another version counted than the one before."""
    for line in {one.id: one for one in lines}.values():
        for former, cell in pairwise(line.years):
            before, after = version_of(line, former), version_of(line, cell)
            if before != after:
                yield Note(
                    on=date(cell.fiscal_year, 4, 1),
                    kind="counting",
                    breaks=True,
                    indicators=(line.id,),
                    words=f"{cell.fiscal_year}年度は数え方の第{after}版、"
                    f"{former.fiscal_year}年度は第{before}版で数えました。",
                )
