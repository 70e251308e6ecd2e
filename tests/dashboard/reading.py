"""Read the figures of the public pages as a visitor would, from their HTML alone."""

from dataclasses import dataclass, field
from decimal import Decimal
from html.parser import HTMLParser

from tests.feed.readers import Figures, Key, Told

_EMPTY = frozenset({"meta", "link", "br", "input", "rect", "line", "circle", "path", "polyline"})


@dataclass
class _Node:
    """An element with its attributes, its elements, and its own words."""

    tag: str
    given: dict[str, str]
    inside: list["_Node"] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    def all(self, tag: str, name: str = "", value: str | None = None) -> list["_Node"]:
        """Every element below with this tag, and with this word in that attribute."""
        found = []
        for one in self.inside:
            fits = not name or (
                name in one.given and (value is None or value in one.given[name].split())
            )
            if one.tag == tag and fits:
                found.append(one)
            found += one.all(tag, name, value)
        return found

    @property
    def text(self) -> str:
        """All its words, those inside last."""
        return "".join([*self.words, *(one.text for one in self.inside)]).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open = [_Node("page", {})]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = _Node(tag, {name: value or "" for name, value in attrs})
        self.open[-1].inside.append(node)
        if tag not in _EMPTY:
            self.open.append(node)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].inside.append(_Node(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag not in _EMPTY:
            while self.open.pop().tag != tag:
                continue

    def handle_data(self, data: str) -> None:
        self.open[-1].words.append(data)


def read_page(html: str) -> _Node:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    return reader.open[0]


def told(cell: _Node) -> Told:
    """What a cell tells of its figure."""
    numbers = cell.all("data")
    signs = cell.all("span", "class", "sign")
    states = cell.all("span", "class", "state")
    beside = cell.all("sup", "class", "status")
    return Told(
        Decimal(numbers[0].given["value"]).normalize() if numbers else None,
        signs[0].text if signs else "",
        beside[0].text if beside else "",
        states[0].text if states else None,
    )


def _numbers(row: _Node) -> list[_Node]:
    return row.all("td", "class", "number")


def read_tables(page: _Node) -> Figures:
    """The plan's tables: each row's figure in each fiscal year."""
    found: Figures = {}
    for table in page.all("table", "class", "published"):
        heads = [one.text for one in table.all("th", "class", "number")]
        years = [head.split("年度")[0][-4:] for head in heads][1:-1]
        for row in table.all("tr", "id"):
            number = row.given["id"].removeprefix("row-")
            for year, cell in zip(years, _numbers(row)[1:-1], strict=True):
                found["plan", number, "value", year, "total", "total"] = told(cell)
    return found


def read_behind(page: _Node, ids: dict[str, str], year: str) -> Figures:
    """What stands behind the rows: ratios by row number, breakdowns by indicator (`ids`)."""
    found: Figures = {}
    for part in page.all("div", "class", "behind"):
        row = part.given["id"].removeprefix("behind-")
        for table in part.all("table", "class", "ratios"):
            for one in table.all("tr", "data-year"):
                where = (one.given["data-measure"], one.given["data-year"], "total", "total")
                found["plan", row, *where] = told(_numbers(one)[0])
        for by in ("month", "district", "age_band"):
            for table in part.all("table", "class", f"by-{by}"):
                for one in table.all("tr", "data-key"):
                    code = one.given["data-key"]
                    when = code if by == "month" else year
                    key: Key = ("breakdown", ids[row], "value", when, by, code)
                    found[key] = told(_numbers(one)[0])
    return found


def read_handoffs(page: _Node, measures: list[str], year: str) -> Figures:
    """The flow of hand-offs, whose columns are these measures, and unmet needs."""
    found: Figures = {}
    for one in page.all("tr", "data-agency"):
        agency, month = one.given["data-agency"], one.given["data-month"]
        for measure, cell in zip(measures, _numbers(one), strict=True):
            found["flow", agency, measure, month, "agency", agency] = told(cell)
    for table in page.all("table", "class", "unmet"):
        for one in table.all("tr", "data-key"):
            topic = one.given["data-key"]
            found["unmet", topic, "unmet", year, "topic", topic] = told(_numbers(one)[0])
    return found
