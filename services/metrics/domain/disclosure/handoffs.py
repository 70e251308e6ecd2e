"""The hand-offs to one agency in one month, as they were published in release after release."""

from collections.abc import Mapping, Sequence

from services.metrics.domain.disclosure.control import SUPPOSED
from services.metrics.domain.disclosure.hiding import UNBOUNDED, Figures, Hidden, first_rule
from services.metrics.domain.disclosure.series import Supposing, state
from services.metrics.domain.disclosure.worlds import System
from shared.plan.model import Disclosure

#: Each count of the first is one of the second too.
NESTED = (
    ("accepted", "offered"),
    ("returned", "offered"),
    ("overdue", "offered"),
    ("returned-again", "returned"),
    ("closed", "accepted"),
    ("confirmed", "closed"),
)


def protect_line(
    counts: Mapping[str, int], history: Sequence[Figures], rule: Disclosure
) -> Figures:
    """What the next release may say of these counts (by measure), after what earlier ones said."""
    masked: Figures = {}
    for release in history:
        masked |= {measure: figure for measure, figure in release.items() if figure.masked}
    tried = {
        measure: Hidden(exact=value, how=first_rule(value, rule, masked.get(measure)))
        for measure, value in counts.items()
    }
    if history and history[-1] == tried:
        return tried
    releases = [*history, tried]
    if all(_hides(releases, supposing, rule) for supposing in SUPPOSED):
        return tried
    return {measure: Hidden(exact=value, how="withheld") for measure, value in counts.items()}


def _hides(releases: Sequence[Figures], supposing: Supposing, rule: Disclosure) -> bool:
    system = System()
    for known in state(system, "line", releases, supposing, rule):
        for inner, outer in NESTED:
            system.add([(known[outer], 1), (known[inner], -1)], 0, UNBOUNDED)
    found = system.narrowed(rule.minimum_possible, supposed=supposing == "alike")
    return next(found, None) is None
