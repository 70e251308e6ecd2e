"""Which release is meant: one by its number, the current one, or that of a fiscal year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.ext.asyncio import AsyncConnection

from services.metrics.domain.periods import read_period
from services.metrics.storage import releases
from services.metrics.storage.releases import ReleaseHead, StoredRelease
from services.metrics.usecases.read_release import read_release
from shared.errors import NotFound
from shared.japanese_time import japanese_day

#: The statuses of a release that closes its period; 速報 does not.
CLOSING = frozenset({"final", "revised"})


def _none(number: int | None, fiscal_year: int | None) -> NotFound:
    """What there is not, in words."""
    if number is not None:
        where = "" if fiscal_year is None else f"{fiscal_year}年度の"
        detail = f"{where}公表版 第{number}版はありません。番号をお確かめください。"
    elif fiscal_year is not None:
        detail = f"{fiscal_year}年度の公表版は、まだありません。"
    else:
        detail = "公表された数値は、まだありません。締めの後にここで公表します。"
    return NotFound("no-release", detail)


async def find_heads(
    connection: AsyncConnection, number: int | None, fiscal_year: int | None
) -> list[ReleaseHead]:
    """The releases that are meant, the newest first: at least one. Raises NotFound."""
    found = [
        head
        for head in await releases.all_releases(connection)
        if number in (None, head.number) and fiscal_year in (None, head.fiscal_year)
    ]
    if not found:
        raise _none(number, fiscal_year)
    return found


#: How many releases the feed tells of at once: those of a year.
AT_ONCE = 12


@dataclass(frozen=True, slots=True)
class Told:
    """The releases that a page of the feed tells of, the newest first; `more`: others are older."""

    heads: Sequence[ReleaseHead]
    more: bool


async def find_told(
    connection: AsyncConnection, number: int | None, fiscal_year: int | None, before: int | None
) -> Told:
    """The newest of the releases that are meant, and older than `before`. Raises NotFound."""
    heads = [
        head
        for head in await find_heads(connection, number, fiscal_year)
        if before is None or head.number < before
    ]
    if not heads:
        raise NotFound("no-release", f"第{before}版より前の公表版はありません。")
    return Told(heads[:AT_ONCE], len(heads) > AT_ONCE)


def _reach(head: ReleaseHead) -> tuple[date, bool, int]:
    """To which day a release goes, whether it ends a fiscal year as a whole, and which it is."""
    made, period = japanese_day(head.made_at), read_period(head.period)
    return period.until(made), period.whole_year and period.over(made), head.number


def current_of(heads: Sequence[ReleaseHead]) -> ReleaseHead:
    """The newest of those that go furthest: a month or a year that is corrected later takes no
    page back to its own last day.
    """
    return max(heads, key=_reach)


def later_than(current: ReleaseHead, heads: Sequence[ReleaseHead]) -> list[ReleaseHead]:
    """The newest release of each period that was published after the current one."""
    newest = {head.period: head for head in sorted(heads, key=lambda head: head.number)}
    later = [head for head in newest.values() if head.number > current.number]
    return sorted(later, key=lambda head: head.number, reverse=True)


async def find_current(
    connection: AsyncConnection, number: int | None = None, fiscal_year: int | None = None
) -> ReleaseHead:
    """The one by its number, or the current one, of all or of a fiscal year. Raises NotFound."""
    return current_of(await find_heads(connection, number, fiscal_year))


async def find_earlier_years(connection: AsyncConnection, before: int) -> list[StoredRelease]:
    """The current release of each fiscal year before this one, in the order of the years."""
    heads = sorted(await releases.all_releases(connection), key=_reach)
    furthest = {head.fiscal_year: head for head in heads}
    years = sorted(year for year in furthest if year < before)
    return [await read_release(connection, furthest[year].number) for year in years]


async def find_year_release(connection: AsyncConnection, fiscal_year: int) -> StoredRelease | None:
    """The newest release that closes this fiscal year; None while there is none."""
    for head in await releases.all_releases(connection):
        if head.period == str(fiscal_year) and head.status in CLOSING:
            return await read_release(connection, head.number)
    return None


async def release_of_year(connection: AsyncConnection, number: int) -> StoredRelease:
    """The release with this number, which closes a fiscal year. Raises NotFound."""
    [head] = await find_heads(connection, number, None)
    if head.period != str(head.fiscal_year) or head.status not in CLOSING:
        raise _none(number, None)
    return await read_release(connection, head.number)
