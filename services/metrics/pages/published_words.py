"""What the public page says in words: changes, progress, and what paper repeats."""

from collections.abc import Mapping
from typing import Any

from services.metrics.domain.changes import Change
from services.metrics.domain.published import PlanLine, Published
from services.metrics.domain.reasons import BY_DAYS
from services.metrics.feed.figures import Figure, figure_in_words
from services.metrics.feed.plain import one_line
from services.metrics.feed.words import (
    DIMENSIONS,
    MEASURES,
    NOTE_KINDS,
    STATUS_SYMBOLS,
    STATUSES,
    VALUE_SYMBOLS,
    VERDICTS,
    japanese_period,
    written_value,
)
from shared.japanese_time import written
from shared.plan.model import IndicatorRow

_HINDRANCES = {
    "masked": "伏せた値があります",
    "unknown": "比べる値がありません",
    "unfinished": "年度の途中です",
    "broken": "数え方が変わりました",
}
#: What each status means for a reader.
EXPLAINED = {
    "provisional": "後から変わることがあります。",
    "final": "締めた後の値です。",
    "revised": "締めた後に直した値です。",
}


def change_in_words(change: Change, line: PlanLine | IndicatorRow) -> str:
    """↑ 12件 増えました; why there is no comparison; a dash for a value in words."""
    if line.kind == "milestone":
        return "-"
    if change.by is None:
        return _HINDRANCES[change.hindrance or "unknown"]
    since = "（計画の現状から）" if change.from_plan else ""
    if change.by == 0:
        return f"→ 変わりません{since}"
    size = written_value(abs(change.by), line.decimals, line.unit)
    how = f"↑ {size} 増えました" if change.by > 0 else f"↓ {size} 減りました"
    return f"{how}{since}"


def progress_in_words(line: PlanLine, *, partial: bool) -> str:
    """How far on the plan's way, where that can be said of a whole year.

    Releases made before reasons said it were judged by days where a value has to grow.
    """
    ratio, expected, verdict = line.progress.ratio, line.progress.expected, line.progress.verdict
    if partial:
        by_days = line.sense == "increase" and verdict in ("on-track", "behind")
        return BY_DAYS if by_days and BY_DAYS not in line.progress.reason else ""
    if ratio is None or expected is None:
        return ""
    gone = f"道のりの{ratio * 100:.0f}%" if ratio >= 0 else "現状より手前"
    return f"{gone}（年度末の目安{expected * 100:.0f}%）"


def share_in_words(figure: Figure) -> str:
    """A share of the way as per cent, or the symbol in its place."""
    return figure.mark if figure.value is None else f"{figure.value * 100:.1f}%"


def _quoted(words: str) -> str:
    """The words as a string of a style sheet: nothing in them ends it."""
    letters = (letter if letter.isalnum() else f"\\{ord(letter):06x}" for letter in one_line(words))
    return f'"{"".join(letters)}"'


def paper_style(document: Published) -> str:
    """The style sheet of the printed pages: what stands above and below on each of them."""
    status = STATUSES[document.status]
    release = f"公表版{document.number}（{status}）　{japanese_period(document.period)}"
    made = f"公表 {written(document.made_at)}"
    boxes = {
        "top-left": _quoted(f"{document.city}　地域福祉計画の指標"),
        "top-right": _quoted(release),
        "bottom-left": _quoted(made),
        "bottom-right": 'counter(page) " / " counter(pages)',
    }
    text = "".join(
        f" @{name} {{ content: {content}; font-size: 8.5pt; color: #333; }}\n"
        for name, content in boxes.items()
    )
    return f"@page {{\n size: A4 landscape; margin: 16mm 12mm 14mm;\n{text}}}\n"


#: What the templates of a release's pages say in words.
WORDS: Mapping[str, Any] = {
    "statuses": STATUSES,
    "explained": EXPLAINED,
    "verdicts": VERDICTS,
    "dimensions": DIMENSIONS,
    "measures": MEASURES,
    "value_symbols": VALUE_SYMBOLS,
    "status_symbols": STATUS_SYMBOLS,
    "note_kinds": NOTE_KINDS,
    "japanese_period": japanese_period,
    "in_words": figure_in_words,
    "change_in_words": change_in_words,
    "progress_in_words": progress_in_words,
    "share_in_words": share_in_words,
}
