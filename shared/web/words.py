"""What pydantic refuses, said the way a colleague at the counter would."""

from collections.abc import Mapping
from typing import Any

_WORDS: dict[str, tuple[str, str]] = {
    "missing": ("missing", "この項目を入力してください。"),
    "extra_forbidden": ("unknown-field", "この項目は使いません。"),
    "json_invalid": ("malformed-json", "JSON の書き方が正しくありません。"),
    "string_type": ("not-text", "文字で入力してください。"),
    "string_too_short": ("too-short", "{min_length}文字以上で入力してください。"),
    "string_too_long": ("too-long", "{max_length}文字までで入力してください。"),
    "string_pattern_mismatch": ("bad-form", "決められた形で入力してください。"),
    "string_unicode": ("bad-character", "使えない文字が含まれています。"),
    "bad_character": ("bad-character", "使えない文字が含まれています。"),
    "unclear_character": (
        "bad-character",
        "改行とタブのほかの制御文字や、文字の向きを変える記号は使えません。",
    ),
    "nothing_shown": ("nothing-shown", "目に見える文字を入力してください。"),
    "bool_type": ("not-yes-or-no", "はい・いいえで選んでください。"),
    "bool_parsing": ("not-yes-or-no", "はい・いいえで選んでください。"),
    "int_type": ("not-a-number", "数字で入力してください。"),
    "int_parsing": ("not-a-number", "数字で入力してください。"),
    "int_from_float": ("not-a-whole-number", "整数で入力してください。"),
    "int_parsing_size": ("out-of-range", "数が大きすぎます。"),
    "decimal_type": ("not-a-number", "数字で入力してください。"),
    "decimal_parsing": ("not-a-number", "数字で入力してください。"),
    "finite_number": ("not-a-number", "数字で入力してください。"),
    "greater_than_equal": ("out-of-range", "{ge}以上で入力してください。"),
    "less_than_equal": ("out-of-range", "{le}以下で入力してください。"),
    "too_long": ("too-many", "{max_length}個までです。"),
    "too_short": ("too-few", "{min_length}個以上選んでください。"),
    "list_type": ("not-a-list", "一覧の形で入力してください。"),
    "tuple_type": ("not-a-list", "一覧の形で入力してください。"),
    "enum": ("unknown-code", "一覧の中から選んでください。"),
    "literal_error": ("unknown-code", "一覧の中から選んでください。"),
    "uuid_parsing": ("bad-id", "番号の形が正しくありません。"),
    "uuid_type": ("bad-id", "番号の形が正しくありません。"),
    "year_out_of_range": ("out-of-range", "年は{first}年から{last}年までで書いてください。"),
    "timezone_aware": ("no-offset", "時刻には時差（+09:00 など）を付けてください。"),
    "time_without_offset": ("no-offset", "時刻には時差（+09:00 など）を付けてください。"),
}
_BEGINNINGS: tuple[tuple[str, tuple[str, str]], ...] = (
    ("datetime_", ("bad-time", "日時の形が正しくありません。")),
    ("date_", ("bad-date", "日付の形が正しくありません（例 2026-04-01）。")),
    ("model_", ("bad-form", "項目の形が正しくありません。")),
    ("dict_", ("bad-form", "項目の形が正しくありません。")),
    ("decimal_", ("out-of-range", "数の桁が多すぎます。")),
)
_OTHER = ("invalid", "この内容は受け付けられません。")


def detail_of(kind: str, context: Mapping[str, Any]) -> tuple[str, str]:
    """The stable code and the Japanese detail for a pydantic error type."""
    code, words = _WORDS.get(kind) or next(
        (found for start, found in _BEGINNINGS if kind.startswith(start)), _OTHER
    )
    return code, words.format(**context) if "{" in words else words
