"""What a release changes against the last one of the same period."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

from services.metrics.domain.counted_years import handed_on
from services.metrics.domain.published import Cell, Published

AnyCell = TypeVar("AnyCell", bound=Cell)
#: Where a cell stands: which table, of what, at which key.
Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that says something else than before; None where there was none."""

    place: Place
    before: Cell | None
    after: Cell


def cells_of(document: Published) -> Iterator[tuple[Place, Cell]]:
    """Every cell of the release's own fiscal year by its place."""
    for line in document.lines:
        yield ("year", line.id, str(document.fiscal_year)), line.years[-1]
    for breakdown in document.breakdowns:
        for cell in breakdown.cells:
            yield (breakdown.by, breakdown.indicator, cell.key), cell
    for flow in document.flow:
        for measure, figure in flow.cells.items():
            yield (f"flow {flow.agency}", flow.month, measure), figure
    for unmet in document.unmet:
        yield ("unmet", unmet.topic, str(document.fiscal_year)), unmet.cell


def _says(cell: Cell | None) -> object:
    if cell is None:
        return None
    return cell.value, cell.mark, getattr(cell, "state", None)


def changes(document: Published, before: Published | None) -> list[Change]:
    """The cells that say something else; every one of a first release."""
    known = {} if before is None else dict(cells_of(before))
    found = dict(cells_of(document))
    return [
        Change(place, known.get(place), cell)
        for place, cell in found.items()
        if _says(known.get(place)) != _says(cell)
    ]


def against(document: Published, before: Published) -> Published:
    """The document with each changed cell marked, if it is a correction of a final release; each
    year's figure names the release that first said it so, counted by the same rule.
    """
    changed = {change.place for change in changes(document, before)}
    correcting = document.status == "revised"

    def marked(place: Place, cell: AnyCell) -> AnyCell:
        if not correcting or place not in changed:
            return cell
        return cell.model_copy(update={"revised": True})

    year = str(document.fiscal_year)
    known = {line.id: handed_on(line, whole=True) for line in before.lines}
    lines = []
    for line in document.lines:
        own = marked(("year", line.id, year), line.years[-1])
        last = known.get(line.id)
        counted = None if last is None else last.definition_version
        same = counted == own.definition_version and not own.revised
        if correcting and last is not None and same:
            own = own.model_copy(update={"release": last.release, "status": last.status})
        lines.append(line.model_copy(update={"years": (*line.years[:-1], own)}))
    return document.model_copy(
        update={
            "lines": tuple(lines),
            "breakdowns": tuple(
                one.model_copy(
                    update={
                        "cells": tuple(
                            marked((one.by, one.indicator, cell.key), cell) for cell in one.cells
                        )
                    }
                )
                for one in document.breakdowns
            ),
            "flow": tuple(
                one.model_copy(
                    update={
                        "cells": {
                            measure: marked((f"flow {one.agency}", one.month, measure), cell)
                            for measure, cell in one.cells.items()
                        }
                    }
                )
                for one in document.flow
            ),
            "unmet": tuple(
                one.model_copy(update={"cell": marked(("unmet", one.topic, year), one.cell)})
                for one in document.unmet
            ),
        }
    )
