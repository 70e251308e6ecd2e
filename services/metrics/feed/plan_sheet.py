"""The plan's table as a sheet: 現状, each year, 目標 side by side, symbols in their own columns."""

from collections.abc import Sequence

from services.metrics.domain.published import PlanLine, Published
from services.metrics.feed.book import Chart, Content, Shown
from services.metrics.feed.figures import figure_in_words, figures_of_plan
from services.metrics.feed.words import VERDICTS
from shared.plan import Plan

_BEFORE = (
    "行",
    "基本目標",
    "基本目標の名前",
    "方向性",
    "方向性の名前",
    "指標ID",
    "指標",
    "所管",
    "単位",
    "現状（計画の表記）",
    "目標（計画の表記）",
)
_NAME, _UNIT = _BEFORE.index("指標"), _BEFORE.index("単位")
_AFTER = ("進み具合", "進んだ分", "進んでいるはずの分", "進み具合の理由", "数え方の版")


class PlanSheet:
    """The 40 rows. The figures stand together, so that a chart can be drawn of each row."""

    name = "計画の指標"

    def __init__(self, document: Published, plan: Plan) -> None:
        self._document = document
        self._plan = plan
        self.years = sorted({cell.fiscal_year for line in document.lines for cell in line.years})
        figures = [f"{plan.baseline_year}年度（現状）", *(f"{year}年度" for year in self.years)]
        figures.append(f"{plan.target_year}年度（目標）")
        beside = ("の記号", "の段階の記号", "の言葉の値", "の数え方の版")
        self.head = (
            *_BEFORE,
            *figures,
            *(f"{year}年度{words}" for words in beside for year in self.years),
            *_AFTER,
        )
        self._figures = len(figures)
        self._said = figures_of_plan(document)
        self.rows = [self._row(line) for line in document.lines]

    def _row(self, line: PlanLine) -> Sequence[Content]:
        said = [self._said.get((line.row, year)) for year in self.years]
        progress = line.progress
        return (
            line.row,
            line.goal,
            self._plan.goals.get(line.goal),
            line.direction,
            self._plan.directions.get((line.goal, line.direction)),
            line.id,
            line.name,
            line.owner,
            line.unit,
            line.baseline or "-",
            line.target or "-",
            Shown(line.baseline_value, line.decimals),
            *(Shown(None if one is None else one.value, line.decimals) for one in said),
            Shown(line.target_value, line.decimals),
            *("…" if one is None else one.mark for one in said),
            *("" if one is None else one.status_symbol for one in said),
            *("" if one is None else one.state for one in said),
            *("" if one is None else one.version for one in said),
            VERDICTS[progress.verdict],
            progress.ratio,
            progress.expected,
            progress.reason,
            line.definition_version,
        )

    def _broken(self, line: PlanLine) -> str:
        said = (self._said.get((line.row, year)) for year in self.years)
        return "".join(f"　{one.note}" for one in said if one is not None and one.note)

    def charts(self) -> list[Chart]:
        """The way from 現状 to 目標 of each row that has figures."""
        first = len(_BEFORE)
        charts = []
        for place, line in enumerate(self._document.lines, start=1):
            if line.kind == "milestone":
                continue
            years = "、".join(
                f"{year}年度 {figure_in_words(one)}"
                for year in self.years
                if (one := self._said.get((line.row, year))) is not None
            )
            described = (
                f"{line.name}　現状 {line.baseline or '-'}、{years}、目標 {line.target or '-'}"
                f"{self._broken(line)}"
            )
            title, unit = (self.name, place, _NAME), (self.name, place, _UNIT)
            source = (self.name, place, first, first + self._figures - 1)
            charts.append(Chart("column", title, unit, source, described))
        return charts
