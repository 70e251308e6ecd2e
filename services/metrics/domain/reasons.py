"""Why an indicator stands where it does, in a sentence for readers."""

from services.metrics.domain.progress import Progress
from shared.plan.model import IndicatorRow

_BEHIND = {
    "increase": "目標までの直線的な道のりより低い値です。",
    "maintain": "保つとした値を下回っています。",
    "allow-decrease": "見込んだ値を下回っています。",
    "reach": "目標の年度になりましたが、目標の状態になっていません。",
}


def reason_of(row: IndicatorRow, progress: Progress, *, known: bool, masked: bool) -> str:
    """The sentence: by what is published, and by the sense in which the plan wants it to move."""
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
        case "on-track":
            return "目標までの直線的な道のりに届いています。"
        case "behind":
            return _BEHIND.get(row.sense, "目標までの道のりより遅れています。")
        case _ if row.sense == "reach":
            return "目標の年度までの間は、途中の状態を評価しません。"
        case _:
            return "計画の期間の前か、目標がないため、評価しません。"
