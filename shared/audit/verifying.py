"""Verify a chain: which row was changed, removed, inserted, or cut off at the end."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select, tuple_
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.audit.chaining import NOTHING, count_unchained, hash_of
from shared.audit.checkpoints import INTERVAL, Checkpoint, KeptLine
from shared.audit.tables import audit
from shared.database import SERVICE, transaction


class Fault(StrEnum):
    """What was done to a chain."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    REPLACED = "replaced"
    CUT_OFF = "cut-off"
    RECHAINED = "rechained"
    FORGED_CHECKPOINT = "forged-checkpoint"
    NO_CHECKPOINT = "no-checkpoint"
    CHECKPOINTS_GONE = "checkpoints-gone"


#: So old a row may be before a checkpoint must have followed it; the first follows at once.
_SIGNED_WITHIN = 2 * INTERVAL
_FIRST_WITHIN = timedelta(minutes=5)
_BATCH = 5000
#: Positions begin at 1; a row that stands before that is looked at too.
_BEFORE_ALL = -(2**63)
_ROWS = (
    select(audit)
    .where(tuple_(audit.c.position, audit.c.id) > tuple_(bindparam("after"), bindparam("row")))
    .order_by(audit.c.position, audit.c.id)
    .limit(_BATCH)
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault: what was done, at which position, and the row that is there (None if none is).

    For `cut-off` the position is the first that is missing and the row the last that is left; for
    `forged-checkpoint` the position is the line of the file; for `checkpoints-gone` it is the last
    of the rows, for none of which a signature answers.
    """

    fault: Fault
    position: int
    row: UUID | None


@dataclass(frozen=True, slots=True)
class _Fork:
    """Which of two rows was named as inserted, and what had been found about it before."""

    named: Finding
    withdrawn: list[Finding]


class ChainCheck:
    """Sees every chained row in order. The positions are not hashed: the links say the order.

    A place that is taken twice, by whoever took the index away, is looked at as two that follow.
    Of two rows that follow the same one, the one is inserted that nothing follows; of two with one
    hash it is the one that the hash does not fit, and beside a signed one it is the other.

    `replaced` is a row whose successor follows another one: it was written anew with a hash that
    fits it, or its successor's predecessor was taken out and the rest numbered anew.

    A signed hash that is in the chain, wherever rows that were added or taken away have moved it,
    answers for all before it: a fault from there on is a new one, however many are known already.
    """

    def __init__(self, lines: Sequence[KeptLine], now: datetime) -> None:
        self.findings: list[Finding] = [
            Finding(Fault.FORGED_CHECKPOINT, line.number, None)
            for line in lines
            if line.checkpoint is None
        ]
        signed = [line.checkpoint for line in lines if line.checkpoint is not None]
        self._checkpoints = {one.hash: one for one in signed}
        self._missing = {one.hash: one.position for one in signed}
        self._signed: dict[int, list[bytes]] = {}
        for hash_, position in self._missing.items():
            self._signed.setdefault(position, []).append(hash_)
        self._last_signed = max(self._signed, default=0)
        self._suspects: list[tuple[bytes, Finding]] = []
        self._known = self._count()
        self._now = now
        self._position = 0
        self._row: UUID | None = None
        self._link, self._before = NOTHING, NOTHING
        self._fork: _Fork | None = None
        self._unsigned: Finding | None = None
        self._begun: datetime | None = None
        self._here: list[Mapping[str, Any]] = []
        self.vouched: Checkpoint | None = None

    def see(self, row: Mapping[str, Any]) -> None:
        """The next row by position."""
        if self._here and self._here[0]["position"] != row["position"]:
            self._see_here()
        self._here.append(row)

    def _see_here(self) -> None:
        """The rows at one place: one, unless its index was taken away; what fits comes first."""
        if len(self._here) > 1:
            self._here.sort(key=lambda row: not self._continues(row, self._link))
        for row in self._here:
            self._see(row)
        self._here.clear()

    def _continues(self, row: Mapping[str, Any], *links: bytes) -> bool:
        return row["previous"] in links and hash_of(row, row["previous"]) == row["hash"]

    def _see(self, row: Mapping[str, Any]) -> None:
        place, own = int(row["position"]), row["hash"]
        if place < 1:
            self.findings.append(Finding(Fault.INSERTED, place, row["id"]))
            return
        self._begun = row["at"] if self._begun is None else min(self._begun, row["at"])
        fork, self._fork = self._fork, None
        if place == self._position and not self._continues(row, self._link, self._before):
            self.findings.append(Finding(Fault.INSERTED, place, row["id"]))
            return
        if place not in (self._position, self._position + 1):
            self.findings.append(Finding(Fault.REMOVED, self._position + 1, None))
        elif row["previous"] != self._link:
            if self._is_second(row):
                self.findings.append(Finding(Fault.INSERTED, place, row["id"]))
                self._position, self._row = place, row["id"]
                return
            self._name_predecessor(row, fork)
        if hash_of(row, row["previous"]) != own:
            self.findings.append(Finding(Fault.CHANGED, place, row["id"]))
        old = row["at"] < self._now - _SIGNED_WITHIN
        if old and place > self._last_signed and self._unsigned is None:
            self._unsigned = Finding(Fault.NO_CHECKPOINT, place, row["id"])
        self._compare(row)
        self._position, self._row = place, row["id"]
        self._before, self._link = self._link, own

    def _compare(self, row: Mapping[str, Any]) -> None:
        """With the checkpoints; what is named already since the last good one explains another."""
        if self._missing.pop(row["hash"], None) is not None:
            self._known = self._count()
            self.vouched = self._checkpoints[row["hash"]]
            self._unsigned = None
        place = int(row["position"])
        for signed in self._signed.get(place, ()):
            if signed in self._missing and self._count() == self._known:
                self._suspects.append((signed, Finding(Fault.RECHAINED, place, row["id"])))

    def _is_second(self, row: Mapping[str, Any]) -> bool:
        """Whether this row, and not the one before it, was put beside it."""
        if row["previous"] != self._before or self._row is None:
            return False
        if row["hash"] != self._link:
            return self._link in self._checkpoints
        first_fits = all(one.row != self._row for one in self.findings)
        return first_fits or hash_of(row, row["previous"]) != row["hash"]

    def _name_predecessor(self, row: Mapping[str, Any], fork: "_Fork | None") -> None:
        if self._row is None:
            self.findings.append(Finding(Fault.REMOVED, 1, None))
            return
        beside = row["previous"] == self._before
        if beside and fork is not None:
            # The row that was named for the fork is followed: the other was put beside it.
            self.findings = [one for one in self.findings if one is not fork.named]
            self.findings += fork.withdrawn
        named = Finding(Fault.INSERTED if beside else Fault.REPLACED, self._position, self._row)
        withdrawn = [one for one in self.findings if one.row == self._row]
        self.findings = [one for one in self.findings if one.row != self._row]
        self.findings.append(named)
        self._suspects = [one for one in self._suspects if one[1].row != self._row]
        self._fork = _Fork(named, withdrawn) if beside else None

    def _count(self) -> int:
        """How much is named or suspected; at the last good checkpoint it was `_known`."""
        return len(self.findings) + len(self._suspects)

    def end(self, *, signs: bool) -> list[Finding]:
        """Everything that was found; with `signs`, a whole chain that nobody signed too."""
        self._see_here()
        self.findings += [found for hash_, found in self._suspects if hash_ in self._missing]
        if max(self._missing.values(), default=0) > self._position:
            self.findings.append(Finding(Fault.CUT_OFF, self._position + 1, self._row))
        begun = self._begun is not None and self._begun < self._now - _FIRST_WITHIN
        if signs and begun and not self._checkpoints:
            self.findings.append(Finding(Fault.CHECKPOINTS_GONE, self._position, self._row))
        elif signs and self._unsigned is not None and not self._explained():
            self.findings.append(self._unsigned)
        return self.findings

    def _explained(self) -> bool:
        """Whether a checkpoint behind the last good one is missed: that is named already."""
        good = 0 if self.vouched is None else self.vouched.position
        return max(self._missing.values(), default=0) > good


@dataclass(frozen=True, slots=True)
class Verified:
    """One database's trail: how many rows are chained, how many wait, and every fault.

    `vouched` is the newest checkpoint that is in the chain: it answers for the rows up to there.
    """

    chained: int
    unchained: int
    checkpoints: int
    vouched: Checkpoint | None
    findings: Sequence[Finding]

    @property
    def unvouched(self) -> int:
        """How many chained rows came after it, which may be changed or cut off unseen."""
        known = 0 if self.vouched is None else self.vouched.position
        return max(0, self.chained - known)


async def verify(engine: AsyncEngine, lines: Sequence[KeptLine] | None, now: datetime) -> Verified:
    """Read every row in order. `lines` are the checkpoints, None if they are not looked at."""
    check, chained = ChainCheck(lines or (), now), 0
    after: dict[str, Any] = {"after": _BEFORE_ALL, "row": UUID(int=0)}
    async with transaction(engine, SERVICE) as connection:
        while rows := (await connection.execute(_ROWS, after)).mappings().all():
            for row in rows:
                check.see(dict(row))
            chained += len(rows)
            after = {"after": rows[-1]["position"], "row": rows[-1]["id"]}
    unchained = await count_unchained(engine)
    known = len([line for line in lines or () if line.checkpoint is not None])
    findings = check.end(signs=lines is not None)
    return Verified(chained, unchained, known, check.vouched, findings)
