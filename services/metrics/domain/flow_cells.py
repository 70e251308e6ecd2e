"""The published cells of a line of hand-offs: shares and times only from what is shown."""

from decimal import ROUND_HALF_UP, Decimal

from services.metrics.domain.disclosure.hiding import Figures, Hidden, shown
from services.metrics.domain.flow import COUNTS, FlowCounts, percentile
from services.metrics.domain.published import Cell, Measure
from shared.plan.model import Disclosure


def cell_of(figure: Hidden, rule: Disclosure) -> Cell:
    """The figure as it is printed."""
    value, mark = shown(figure, rule)
    return Cell(value=value, mark=mark)


def flow_cells(line: FlowCounts, figures: Figures, rule: Disclosure) -> dict[Measure, Cell]:
    """Counts as they may be said. The share (%) is of the two printed counts, and so tells no more
    than they do; times (whole hours) are told of enough acceptances that are told themselves.
    """
    cells: dict[Measure, Cell] = {name: cell_of(figures[name], rule) for name in COUNTS}
    cells["confirmed-share"] = _share(cells["confirmed"], cells["closed"])
    for name, share in _TIMES.items():
        cells[name] = _hours(line, cells["accepted"], share, rule)
    return cells


_TIMES: dict[Measure, float] = {"median-hours": 0.5, "p90-hours": 0.9}


def _share(confirmed: Cell, closed: Cell) -> Cell:
    if closed.value == 0:
        return Cell(mark="-")
    if confirmed.value is None or closed.value is None:
        return Cell(mark="x")
    share = min(Decimal(1), confirmed.value / closed.value) * 100
    return Cell(value=share.quantize(Decimal(1), ROUND_HALF_UP))


def _hours(line: FlowCounts, accepted: Cell, share: float, rule: Disclosure) -> Cell:
    if accepted.value == 0:
        return Cell(mark="-")
    hours = percentile(line.hours, share)
    if accepted.value is None or len(line.hours) < rule.threshold or hours is None:
        return Cell(mark="x")
    return Cell(value=Decimal(str(hours)).quantize(Decimal(1), ROUND_HALF_UP))
