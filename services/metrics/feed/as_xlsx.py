"""The release as a workbook: its tables, native charts of them, symbols and definitions."""

from collections.abc import Sequence

from services.metrics.domain.counted_years import how_of, version_of
from services.metrics.domain.published import PlanLine
from services.metrics.feed.book import Book, Chart, Content, Shown
from services.metrics.feed.columns import key_name
from services.metrics.feed.figures import Figure, figure_in_words, figures_of
from services.metrics.feed.notes_sheet import notes_sheet
from services.metrics.feed.plan_sheet import PlanSheet
from services.metrics.feed.words import (
    DIMENSIONS,
    MEASURES,
    STATUS_SYMBOLS,
    STATUSES,
    VALUE_SYMBOLS,
    release_title,
    unit_of,
)
from services.metrics.storage.releases import StoredRelease
from shared.japanese_time import JST
from shared.plan import Plan

_MONTHS = "月別"
_FIGURE = ("単位", "値", "記号", "段階の記号")


def _figure(one: Figure) -> tuple[Content, ...]:
    """The figure in its unit, and the symbols beside it."""
    decimals = 0 if one.line is None or one.measure != "value" else one.line.decimals
    value: Content = Shown(one.value, decimals) if decimals else one.value
    return unit_of(one.measure, one.line), value, one.mark, one.status_symbol


def _months(book: Book, figures: Sequence[Figure]) -> None:
    """The months of each indicator, side by side, and a chart of each that has any figure."""
    monthly: dict[str, dict[str, Figure]] = {}
    for one in figures:
        if one.line is not None and one.dimension == "month":
            monthly.setdefault(one.line.id, {})[one.key] = one
    months = sorted({month for found in monthly.values() for month in found})
    beside = ("の記号", "の段階の記号")
    head = ["指標ID", "指標", "単位", *months]
    head += [f"{month}{words}" for words in beside for month in months]
    rows: list[Sequence[Content]] = []
    charts = []
    for place, found in enumerate(monthly.values(), start=1):
        line = next(iter(found.values())).line
        if line is None:
            continue
        values = [found[month].value if month in found else None for month in months]
        marks = [found[month].mark if month in found else "…" for month in months]
        symbols = [found[month].status_symbol if month in found else "" for month in months]
        shown: list[Content] = [Shown(value, line.decimals) for value in values]
        rows.append([line.id, line.name, line.unit, *shown, *marks, *symbols])
        if any(value is not None for value in values):
            said = "、".join(f"{month} {figure_in_words(one)}" for month, one in found.items())
            source = (_MONTHS, place, 3, 2 + len(months))
            title, unit = (_MONTHS, place, 1), (_MONTHS, place, 2)
            charts.append(Chart("column", title, unit, source, f"{line.name} 月別：{said}"))
    book.table(_MONTHS, head, rows)
    if charts:
        book.charts("月別のグラフ", charts)


def _breakdowns(book: Book, figures: Sequence[Figure], plan: Plan) -> None:
    rows = [
        (
            one.line.id,
            one.line.name,
            DIMENSIONS[one.dimension],
            one.key,
            key_name(plan, one.dimension, one.key),
            *_figure(one),
        )
        for one in figures
        if one.line is not None and one.dimension in ("district", "age_band")
    ]
    head = ("指標ID", "指標", "内訳", "区分", "区分の名前", *_FIGURE)
    book.table("地区と年齢の内訳", head, rows)


def _ratios(book: Book, figures: Sequence[Figure]) -> None:
    rows = [
        (one.line.row, one.line.id, one.line.name, one.fiscal_year, *_measure(one), *_figure(one))
        for one in figures
        if one.line is not None and one.measure in ("numerator", "denominator")
    ]
    head = ("行", "指標ID", "指標", "年度", "測るもの", "測るものの名前", *_FIGURE)
    book.table("割合の分子と分母", head, rows)


def _measure(one: Figure) -> tuple[str, str]:
    return one.measure, MEASURES[one.measure].name


def _flow(book: Book, figures: Sequence[Figure], plan: Plan) -> None:
    rows = [
        (one.key, key_name(plan, "agency", one.key), one.month, *_measure(one), *_figure(one))
        for one in figures
        if one.table == "flow"
    ]
    head = ("機関ID", "機関", "月", "測るもの", "測るものの名前", *_FIGURE)
    book.table("つなぎの流れ", head, rows)
    needs = [
        (one.key, key_name(plan, "topic", one.key), *_figure(one))
        for one in figures
        if one.table == "unmet"
    ]
    book.table("受け止め先がなかった相談", ("相談の内容のコード", "相談の内容", *_FIGURE), needs)


def _versions(line: PlanLine) -> dict[int, str]:
    """How each version counted that counted a year of the line; the newest first."""
    own = {line.definition_version: line.counted_how}
    return own | {version_of(line, one): how_of(line, one) for one in reversed(line.years)}


def _definitions(book: Book, names: dict[str, PlanLine]) -> None:
    head = ("指標ID", "指標", "単位", "数え方の版", "数え方")
    rows = [
        (line.id, line.name, line.unit, version, how)
        for line in names.values()
        for version, how in _versions(line).items()
    ]
    book.table("数え方", head, rows)
    symbols = [("値の記号", code, one) for code, one in VALUE_SYMBOLS.items() if code]
    symbols += [("段階の記号", code, one) for code, one in STATUS_SYMBOLS.items() if code]
    said = [(column, code, one.name, one.handling) for column, code, one in symbols]
    book.table("記号", ("列", "記号", "意味", "扱い方"), said)


def _about(book: Book, release: StoredRelease, plan: Plan) -> None:
    document = release.document
    rows: list[Sequence[Content]] = [
        ("公表版", release.number),
        ("前の公表版", document.previous),
        ("ハッシュ（SHA-256）", release.hash),
        ("期間", document.period),
        ("いつまでの値か", document.until),
        ("段階", STATUSES[document.status]),
        ("理由", document.reason),
        ("公表日時", release.made_at.astimezone(JST)),
        ("地域", document.city),
        ("全国地方公共団体コード", plan.area_code),
        ("秘匿のしきい値", document.threshold),
        ("丸めの単位", document.rounding_base),
    ]
    book.table("この公表版", ("項目", "内容"), rows)


def make_xlsx(release: StoredRelease, plan: Plan) -> bytes:
    """The file; made again from the same release it has the same bytes."""
    document = release.document
    names = {line.id: line for line in reversed(document.lines)}
    names = dict(sorted(names.items(), key=lambda item: item[1].row))
    title = release_title(release.number, document.period, document.status)
    book = Book(title=title, author=document.city, created=release.made_at)
    sheet = PlanSheet(document, plan)
    book.table(sheet.name, sheet.head, sheet.rows)
    book.charts("推移のグラフ", sheet.charts())
    figures = list(figures_of(document))
    _months(book, figures)
    _breakdowns(book, figures, plan)
    _ratios(book, figures)
    _flow(book, figures, plan)
    _definitions(book, names)
    notes_sheet(book, document)
    _about(book, release, plan)
    return book.finished()
