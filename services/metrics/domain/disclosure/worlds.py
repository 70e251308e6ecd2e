"""Which whole numbers could stand behind what was published: other worlds that look the same.

A value is *possible* only when a whole assignment of every figure was found that has it and fits
everything published. A search that gives up finds nothing, and so errs towards protecting more.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence

from services.metrics.domain.disclosure.hiding import UNBOUNDED

Term = tuple[int, int]
Bounds = tuple[list[int], list[int]]
World = list[int]

#: How many steps one narrowing, and how many branches one search, may take.
_STEPS = 4_000
_BRANCHES = 60


class System:
    """Unknown whole numbers, and sums of them whose bounds are published."""

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._low: list[int] = []
        self._high: list[int] = []
        self._true: list[int] = []
        self._sums: list[tuple[tuple[Term, ...], int, int]] = []
        self._holding: list[list[int]] = []
        self._seen: list[set[int]] = []
        self._names: list[str] = []
        self._examined: set[int] = set()
        self._or_zero: set[int] = set()

    def variable(self, name: str, true: int, low: int = 0, high: int = UNBOUNDED) -> int:
        """The number with this name; bounds given again narrow it."""
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = len(self._low)
            self._low.append(low)
            self._high.append(high)
            self._true.append(true)
            self._names.append(name)
            self._holding.append([])
            self._seen.append(set())
        else:
            self._low[found] = max(self._low[found], low)
            self._high[found] = min(self._high[found], high)
        return found

    def add(self, terms: Iterable[Term], low: int, high: int) -> None:
        """The sum of coefficient times variable lies within these bounds."""
        merged: dict[int, int] = {}
        for variable, coefficient in terms:
            merged[variable] = merged.get(variable, 0) + coefficient
        kept = tuple((variable, c) for variable, c in merged.items() if c)
        for variable, _ in kept:
            self._holding[variable].append(len(self._sums))
        self._sums.append((kept, low, high))

    def examine(self, variable: int, *, or_zero: bool = False) -> None:
        """This number is hidden, and must stay so; `or_zero`: it may be found to be exactly 0."""
        self._examined.add(variable)
        if or_zero:
            self._or_zero.add(variable)

    def narrowed(self, minimum: int, *, supposed: bool = False) -> Iterator[str]:
        """The names of the examined numbers that could not be shown to have `minimum` values.

        Where nothing fits, none if the reader only `supposed` what is not so: nothing follows.
        Whoever was told the truth finds that it fits; a system that it does not fit is wrong, and
        shows of no number that it is hidden.
        """
        bounds = (list(self._low), list(self._high))
        fits = self._narrow(bounds, range(len(self._sums)))
        truth_fits = fits and self._fits(self._true, bounds)
        if not (supposed or truth_fits):
            yield from (self._names[one] for one in sorted(self._examined))
            return
        if not fits:
            return
        low, high = bounds
        asked = {v for v in self._examined if v not in self._or_zero or (low[v], high[v]) != (0, 0)}
        tight = sorted(one for one in asked if high[one] - low[one] + 1 < minimum)
        yield from (self._names[one] for one in tight)
        world = self._true if truth_fits else self._search(bounds, eager=False)
        if world is not None:
            self._note(world)
        for one in sorted(asked - set(tight)):
            if world is None or not self._has_enough(one, bounds, minimum):
                yield self._names[one]

    def _has_enough(self, variable: int, bounds: Bounds, minimum: int) -> bool:
        seen = self._seen[variable]
        low, high = bounds[0][variable], bounds[1][variable]
        for value in _around(next(iter(seen)), low, high, 3 * minimum):
            if len(seen) >= minimum:
                return True
            if value in seen:
                continue
            for eager in (True, False):
                world = self._with(variable, value, bounds, eager=eager)
                if world is not None:
                    self._note(world)
                    break
        return len(seen) >= minimum

    def _with(self, variable: int, value: int, bounds: Bounds, *, eager: bool) -> World | None:
        low, high = list(bounds[0]), list(bounds[1])
        low[variable] = high[variable] = value
        if not self._narrow((low, high), self._holding[variable]):
            return None
        return self._search((low, high), eager=eager)

    def _note(self, world: Sequence[int]) -> None:
        for one in self._examined:
            self._seen[one].add(world[one])

    def _fits(self, world: Sequence[int], bounds: Bounds) -> bool:
        within = all(a <= v <= b for a, v, b in zip(bounds[0], world, bounds[1], strict=True))
        return within and all(
            low <= sum(c * world[variable] for variable, c in terms) <= high
            for terms, low, high in self._sums
        )

    def _narrow(self, bounds: Bounds, begun: Iterable[int]) -> bool:
        """Narrow the bounds by the sums, from these on. False: nothing fits. It may stop early."""
        low, high = bounds
        queue = deque(begun)
        waiting = set(queue)
        for _ in range(_STEPS):
            if not queue:
                return True
            number = queue.popleft()
            waiting.discard(number)
            terms, least, greatest = self._sums[number]
            smallest = largest = 0
            for v, c in terms:
                if c > 0:
                    smallest += c * low[v]
                    largest += c * high[v]
                else:
                    smallest += c * high[v]
                    largest += c * low[v]
            if smallest > greatest or largest < least:
                return False
            if smallest >= least and largest <= greatest:
                continue
            for v, c in terms:
                up, down = greatest - smallest, largest - least
                if c > 0:
                    a, b = high[v] - down // c, low[v] + up // c
                else:
                    a, b = high[v] - up // -c, low[v] + down // -c
                if a > low[v] or b < high[v]:
                    smallest -= c * (low[v] if c > 0 else high[v])
                    largest -= c * (high[v] if c > 0 else low[v])
                    low[v], high[v] = max(a, low[v]), min(b, high[v])
                    if low[v] > high[v]:
                        return False
                    smallest += c * (low[v] if c > 0 else high[v])
                    largest += c * (high[v] if c > 0 else low[v])
                    for other in self._holding[v]:
                        if other not in waiting:
                            waiting.add(other)
                            queue.append(other)
        return True

    def _search(self, bounds: Bounds, *, eager: bool) -> World | None:
        """A world within bounds that were narrowed. `eager` prefers values not seen so far."""
        path = [(bounds, *self._branches(bounds, eager=eager))]
        tried = 0
        while path:
            (low, high), chosen, values = path[-1]
            if chosen is None:
                if self._fits(low, bounds):
                    return low
                path.pop()
                continue
            if not values:
                path.pop()
                continue
            value = values.pop(0)
            lower, higher = list(low), list(high)
            lower[chosen] = higher[chosen] = value
            if self._narrow((lower, higher), self._holding[chosen]):
                path.append(((lower, higher), *self._branches((lower, higher), eager=eager)))
            else:
                tried += 1
                if tried > _BRANCHES:
                    return None
        return None

    def _branches(self, bounds: Bounds, *, eager: bool) -> tuple[int | None, list[int]]:
        """The open number with the fewest values, and which of them to try first."""
        low, high = bounds
        chosen, width = None, UNBOUNDED + 1
        for one, (least, greatest) in enumerate(zip(low, high, strict=True)):
            if 0 < greatest - least < width:
                chosen, width = one, greatest - least
        if chosen is None:
            return None, []
        return chosen, self._preferred(chosen, low[chosen], high[chosen], eager=eager)

    def _preferred(self, variable: int, low: int, high: int, *, eager: bool) -> list[int]:
        middle = min(max(self._true[variable], low), high)
        near = _around(middle, low, high, 3)
        if not eager or variable not in self._examined:
            return near
        wide = _around(middle, low, high, 12)
        fresh = [value for value in wide if value not in self._seen[variable]]
        return [*fresh[:1], *near]


def _around(middle: int, low: int, high: int, count: int) -> list[int]:
    """Up to `count` values within the bounds, the nearest to the middle first."""
    middle = min(max(middle, low), high)
    found = [middle]
    for step in range(1, count):
        found += [value for value in (middle + step, middle - step) if low <= value <= high]
    return found[:count]
