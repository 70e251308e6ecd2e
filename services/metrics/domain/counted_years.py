"""By which version of its rule each year was counted, and where a series breaks for it."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from services.metrics.domain.published import Note, PlanLine, YearCell


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
