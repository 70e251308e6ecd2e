"""The 進捗管理 workbook: each 基本目標 with its figures, its progress, and room to write."""

from collections.abc import Sequence
from itertools import groupby

from services.metrics.domain.published import PlanLine, Published
from services.metrics.feed.book import Book, Content, Room, Shown
from services.metrics.feed.figures import Figure, figures_of_plan
from services.metrics.feed.notes_sheet import notes_sheet
from services.metrics.feed.words import (
    STATUS_SYMBOLS,
    STATUSES,
    VALUE_SYMBOLS,
    VERDICTS,
    japanese_year,
    release_title,
)
from services.metrics.storage.releases import StoredRelease
from shared.japanese_time import written
from shared.plan import Plan

#: Points: room for three lines of handwriting.
_ROW = 66
_ROOMS = ("所管課の評価", "今後の取組")


def _words_or_symbols(figure: Figure) -> str:
    return " ".join(one for one in (figure.state or figure.mark, figure.status_symbol) if one)


def _row(
    line: PlanLine, years: Sequence[int], said: dict[tuple[int, int], Figure], plan: Plan
) -> Sequence[Content]:
    figures = [said.get((line.row, year)) for year in years]
    direction = plan.directions.get((line.goal, line.direction), "")
    return (
        f"方向性（{line.direction}）{direction}",
        line.name,
        line.owner,
        line.unit,
        line.baseline or "-",
        *(Shown(None if one is None else one.value, line.decimals) for one in figures),
        *("…" if one is None else _words_or_symbols(one) for one in figures),
        line.target or "-",
        VERDICTS[line.progress.verdict],
        line.progress.reason,
        *(Room() for _ in _ROOMS),
    )


def _about(book: Book, release: StoredRelease, document: Published) -> None:
    rows: list[Sequence[Content]] = [
        ("年度", japanese_year(document.fiscal_year)),
        ("公表版", release.number),
        ("段階", STATUSES[document.status]),
        ("理由", document.reason),
        ("公表日時", written(release.made_at)),
        ("ハッシュ（SHA-256）", release.hash),
    ]
    symbols = {**VALUE_SYMBOLS, **STATUS_SYMBOLS}
    rows += [
        (f"記号 {code}", f"{one.name}：{one.handling}") for code, one in symbols.items() if code
    ]
    book.table("この資料について", ("項目", "内容"), rows)


def make_year_end_book(release: StoredRelease, plan: Plan) -> bytes:
    """The file: one sheet for each 基本目標, the same bytes again for the same release."""
    document = release.document
    title = f"進捗管理　{release_title(release.number, document.period, document.status)}"
    book = Book(title=title, author=document.city, created=release.made_at)
    said = figures_of_plan(document)
    years = sorted({year for _, year in said})
    head = (
        "方向性",
        "指標",
        "所管",
        "単位",
        f"現状（{plan.baseline_year}年度）",
        *(f"{year}年度" for year in years),
        *(f"{year}年度の言葉・記号" for year in years),
        f"目標（{plan.target_year}年度）",
        "進み具合",
        "その理由",
        *_ROOMS,
    )
    for goal, lines in groupby(document.lines, key=lambda line: line.goal):
        rows = [_row(line, years, said, plan) for line in lines]
        book.table(f"基本目標{goal}", head, rows, tall=_ROW)
    notes_sheet(book, document)
    _about(book, release, document)
    return book.finished()
