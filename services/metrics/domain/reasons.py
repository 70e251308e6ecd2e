"""Why an indicator stands where it does, in a sentence for readers."""

from services.metrics.domain.progress import Progress
from shared.plan.model import IndicatorRow

_HELD = {"maintain": "保つとした値", "allow-decrease": "見込んだ値"}
#: Stands after the sentence where the year goes on and what adds up was judged by its days.
BY_DAYS = "（過ぎた日数に応じた目安と比べました）"

#: Stands after a judgement where a rule counted that is newer than the plan's 現状 and 目標.
COUNTED_OTHERWISE = "（計画の現状・目標とは数え方が違うため、目安です）"


def reason_of(
    row: IndicatorRow, progress: Progress, *, known: bool, masked: bool, newer: bool
) -> str:
    """The sentence: by what is published, and by the sense in which the plan wants it to move.

    `newer` where the rule that counted is newer than the plan's own year.
    """
    said = _judged(row, progress, known=known, masked=masked)
    return said if progress.verdict == "not-judged" or not newer else f"{said}{COUNTED_OTHERWISE}"


def _judged(row: IndicatorRow, progress: Progress, *, known: bool, masked: bool) -> str:
    if masked:
        return "人数が少なく値を公表していないため、評価しません。"
    if row.sense == "neutral":
        return "増減の良し悪しを言わない指標のため、評価の対象外です。"
    if not known:
        return "まだ値がないため、評価しません。"
    match progress.verdict:
        case "reached" if row.sense == "reach":
            return "目標の状態になりました。"
        case "reached" if row.sense in ("maintain", "allow-decrease"):
            return "目標の値を保っています。"
        case "reached":
            return "目標の値に届いています。"
        case "behind" if row.sense == "reach":
            return "目標の年度になりましたが、目標の状態になっていません。"
        case "on-track" | "behind":
            return f"{_compared(row, progress)}{BY_DAYS if progress.by_days else ''}"
        case _ if row.sense == "reach":
            return "目標の年度までの間は、途中の状態を評価しません。"
        case _:
            return "計画の期間の前か、目標がないため、評価しません。"


def _compared(row: IndicatorRow, progress: Progress) -> str:
    """With what the value was compared, and how it came out."""
    enough = progress.verdict == "on-track"
    if row.sense not in _HELD and row.baseline_value is not None:
        way = "目標までの直線的な道のり"
        return f"{way}に届いています。" if enough else f"{way}より低い値です。"
    whole = _HELD.get(row.sense, "目標の値")
    against = f"{whole}から見た目安" if progress.by_days else whole
    return f"{against}に届いています。" if enough else f"{against}を下回っています。"
