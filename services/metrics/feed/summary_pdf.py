"""A year on one A4 page: how many goals are reached, and every row of the plan."""

from collections import Counter
from itertools import groupby

from services.metrics.domain.published import PlanLine, Published
from services.metrics.feed.figures import Figure, figure_in_words, figures_of_plan
from services.metrics.feed.plain import one_line
from services.metrics.feed.words import STATUSES, VERDICTS, japanese_year
from services.metrics.storage.releases import StoredRelease
from shared.japanese_time import written
from shared.paper.ruby import Piece
from shared.paper.sheet import A4, Sheet
from shared.plan import Plan

_LEFT, _WIDTH, _BOTTOM = 12.0, 186.0, 10.0
#: Where each column begins (mm from the left edge of the text), and how wide it is.
_NAME, _BASE, _NOW, _GOAL, _WORD = (0, 94), (96, 22), (119, 22), (142, 22), (165, 21)
_SHORT = {
    "reached": "◎ 届いた",
    "on-track": "○ 順調",
    "behind": "△ 遅れ",
    "not-judged": "－ 対象外",
}
_LEGEND = (
    "x は個人が推測されないよう伏せた値、- は該当なし、… は不詳、p は速報、r は訂正です。"
    "◎ 目標に届いています　○ 順調です　△ 遅れています　－ 評価の対象外です"
)


def _now(figure: Figure) -> str:
    return one_line(f"{figure_in_words(figure)} {figure.status_symbol}")


class _Page:
    """Writes lines and rows downwards; `y` is where the next one begins (mm)."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.y = 10.0

    def text(self, words: str, size: float, *, bold: bool = False, above: float = 0) -> None:
        """A line over the whole width."""
        self.y = self._sheet.write(
            (Piece(one_line(words)),),
            "ja",
            x=_LEFT,
            y=self.y + self._sheet.gap(above),
            width=_WIDTH,
            size=size,
            bold=bold,
        )

    def row(self, cells: dict[tuple[int, int], str], *, bold: bool = False) -> None:
        """A row with a rule below it."""
        top = self.y + self._sheet.gap(0.5)
        ends = [
            self._sheet.write(
                (Piece(one_line(words)),),
                "ja",
                x=_LEFT + left,
                y=top,
                width=width,
                size=7.5,
                bold=bold,
            )
            for (left, width), words in cells.items()
            if words
        ]
        self.y = max(ends, default=top) + self._sheet.gap(0.4)
        self._sheet.rule(_LEFT, self.y, _WIDTH, thick=0.1)


def _line(page: _Page, line: PlanLine, figure: Figure) -> None:
    page.row(
        {
            _NAME: line.name,
            _BASE: line.baseline or "-",
            _NOW: _now(figure),
            _GOAL: line.target or "-",
            _WORD: _SHORT[line.progress.verdict],
        }
    )


def _heading(page: _Page, release: StoredRelease, document: Published) -> None:
    page.text(f"{document.city}　地域福祉計画　進捗のまとめ", 9)
    page.text(japanese_year(document.fiscal_year), 17, bold=True)
    status = STATUSES[document.status]
    page.text(f"公表版 第{release.number}版（{status}）　{written(release.made_at)}", 8.5)
    page.text(f"ハッシュ（SHA-256） {release.hash}", 7)
    if document.reason:
        page.text(f"理由：{document.reason}", 8)
    distinct = {line.id: line.progress.verdict for line in document.lines}
    counts: Counter[str] = Counter(distinct.values())
    tally = "　".join(f"{words} {counts[verdict]}" for verdict, words in VERDICTS.items())
    page.text(f"{len(distinct)}の指標：{tally}", 9.5, bold=True, above=1)


def make_summary_pdf(release: StoredRelease, plan: Plan) -> bytes:
    """The file; letters shrink until every row stands on the page."""
    document = release.document
    said, year = figures_of_plan(document), document.fiscal_year

    def compose(sheet: Sheet) -> float:
        page = _Page(sheet)
        _heading(page, release, document)
        for goal, lines in groupby(document.lines, key=lambda line: line.goal):
            page.text(f"基本目標{goal}　{plan.goals.get(goal, '')}", 9, bold=True, above=1.2)
            head = {_NAME: "指標", _BASE: "現状", _NOW: "実績", _GOAL: "目標", _WORD: "進み具合"}
            page.row(head, bold=True)
            for line in lines:
                _line(page, line, said[line.row, year])
        page.text(_LEGEND, 7, above=1)
        return page.y

    title = f"進捗のまとめ {japanese_year(document.fiscal_year)}"
    return Sheet(A4, title=title, language="ja", now=release.made_at).fit(compose, _BOTTOM)
