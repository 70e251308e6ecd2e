"""The Japanese words of what is published: statuses, symbols, measures, dimensions, verdicts."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from services.metrics.domain.published import PlanLine

STATUSES: Mapping[str, str] = {"provisional": "速報", "final": "確定", "revised": "訂正"}
VERDICTS: Mapping[str, str] = {
    "reached": "目標に届いています",
    "on-track": "順調です",
    "behind": "遅れています",
    "not-judged": "評価の対象外です",
}
TABLES: Mapping[str, str] = {
    "plan": "計画の指標",
    "breakdown": "指標の内訳",
    "flow": "つなぎの流れ",
    "unmet": "受け止め先がなかった相談",
}
DIMENSIONS: Mapping[str, str] = {
    "total": "全体",
    "month": "月",
    "district": "地区",
    "age_band": "年齢区分",
    "agency": "機関",
    "topic": "相談の内容",
}
KINDS: Mapping[str, str] = {
    "consultation": "相談",
    "outcome": "支援の結果",
    "activity": "活動",
    "stock": "登録・設置の数",
    "ratio": "割合",
    "milestone": "段階",
}
#: Stands where figures before and after cannot be compared.
BREAK = "‖"
NOTE_KINDS: Mapping[str, str] = {
    "law": "制度改正",
    "desk": "窓口新設",
    "counting": "数え方の変更",
}


@dataclass(frozen=True, slots=True)
class Symbol:
    """A symbol beside a figure: its name, and what a reader should do with the figure."""

    name: str
    handling: str


#: Why a figure is not there; the symbols of 政府統計. They stand in a column of their own.
VALUE_SYMBOLS: Mapping[str, Symbol] = {
    "": Symbol("値あり", "値または言葉の欄をそのまま使えます。0 は数えた結果の 0 です。"),
    "x": Symbol("秘匿", "小さい数から個人が推測されないよう伏せました。0 とみなさないでください。"),
    "-": Symbol("該当なし", "その年度・区分に当てはまる値がありません。0 とみなさないでください。"),
    "…": Symbol("不詳", "値が届いていないか、わかりません。0 とみなさないでください。"),
}
#: How sure a figure is.
STATUS_SYMBOLS: Mapping[str, Symbol] = {
    "": Symbol("確定", "訂正があるときは、新しい公表版で理由と一緒に知らせます。"),
    "p": Symbol("速報", "期間の途中、または締めの前の値です。後から変わることがあります。"),
    "r": Symbol(
        "訂正", "確定した期間の訂正で、一つ前の公表版から変わった値です。速報には付きません。"
    ),
}


@dataclass(frozen=True, slots=True)
class Measured:
    """What is measured, and in which unit; an empty unit is that of the indicator."""

    name: str
    unit: str


MEASURES: Mapping[str, Measured] = {
    "value": Measured("指標の値", ""),
    "numerator": Measured("割合の分子", "実数"),
    "denominator": Measured("割合の分母", "実数"),
    "progress": Measured("目標までの道のりのうち進んだ分", "比（現状が0、目標が1）"),
    "expected": Measured("年度の終わりまでに進んでいるはずの分", "比（現状が0、目標が1）"),
    "verdict": Measured("進み具合", "言葉"),
    "offered": Measured("つないだ件数", "件"),
    "accepted": Measured("引き受けた件数", "件"),
    "returned": Measured("差し戻した件数", "件"),
    "returned-again": Measured("二度目の差し戻しの件数", "件"),
    "overdue": Measured("返事の期限を過ぎた件数", "件"),
    "closed": Measured("支援を終えた件数", "件"),
    "confirmed": Measured("本人とつながったことを確かめて終えた件数", "件"),
    "confirmed-share": Measured("終えた件数のうち確かめた割合", "%"),
    "median-hours": Measured("引き受けるまでの時間（中央値）", "時間"),
    "p90-hours": Measured("引き受けるまでの時間（90パーセント点）", "時間"),
    "unmet": Measured("受け止め先がなかった件数", "件"),
}
#: The unit of a milestone, whose value is a word.
IN_WORDS = "言葉"


def unit_of(measure: str, line: PlanLine | None) -> str:
    """The unit in which a figure is given; never empty."""
    own = MEASURES[measure].unit
    return own or (line.unit if line is not None else "") or IN_WORDS


def japanese_year(year: int) -> str:
    """A fiscal year as the plan names it, beside the year of the common calendar."""
    return f"令和{year - 2018}（{year}）年度" if year >= 2019 else f"{year}年度"


def japanese_period(period: str) -> str:
    """A month (`2026-10`) or a fiscal year (`2025`) in words."""
    year, _, month = period.partition("-")
    return f"{year}年{int(month)}月" if month else japanese_year(int(year))


def written_value(value: Decimal, decimals: int, unit: str) -> str:
    """A figure as people read it: 1,006件, 1.34%."""
    shown = value.quantize(Decimal(1).scaleb(-decimals)) if decimals else value.normalize()
    return f"{shown:,f}{unit}"


def release_title(number: int, period: str, status: str) -> str:
    """What a release is called: 公表版 第3版　令和7（2025）年度（確定）."""
    return f"公表版 第{number}版　{japanese_period(period)}（{STATUSES[status]}）"
