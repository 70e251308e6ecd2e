"""Promise: whatever is typed can be read, and every place leads back to what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.normalising import normalised

#: Any text at all, lone surrogates too.
ANYTHING = st.text(st.characters(), max_size=200)


@given(ANYTHING)
def test_every_character_leads_back_to_what_was_typed(typed: str) -> None:
    read = normalised(typed)
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert {len(reading) for reading in read.readings} == {len(read.text)}
    assert list(read.starts) == sorted(read.starts)
    for start, end in zip(read.starts, read.ends, strict=True):
        assert 0 <= start < end <= len(typed)


@given(ANYTHING)
def test_a_reading_can_always_be_written_down(typed: str) -> None:
    normalised(typed).text.encode()


@given(st.text("abc山田、。1 ", max_size=50))
def test_plain_text_is_read_as_it_is(typed: str) -> None:
    assert normalised(typed).text == typed


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("０９０", "090"),
        ("٠٩٠", "090"),
        ("０️⃣９️⃣", "09"),
        ("⓪⑨", "09"),
        ("𝟎𝟗", "09"),
        ("0\u200b9\u00ad0\u2060", "090"),
        ("1‐2‑3–4—5−6ー7", "1-2-3-4-5-6-7"),
        ("コーヒー", "コーヒー"),
        ("ﾀﾞｲｽｹ", "ダイスケ"),
        ("か\u3099", "が"),
        ("髙橋・﨑山・栁・𠮷田", "高橋・崎山・柳・吉田"),
        ("Ａ＠ｂ．ｊｐ", "A@b.jp"),
        ("1〜2", "1~2"),
        ("a\u3000b\tc\r\nd", "a b c\nd"),
    ],
)
def test_each_way_of_typing_is_read_alike(typed: str, read: str) -> None:
    assert normalised(typed).text == read


@pytest.mark.parametrize("typed", ["〇九〇", "零九零", "O90", "◯九〇", "０九〇"])
def test_digits_of_any_script_are_digits(typed: str) -> None:
    assert "090" in normalised(typed).readings


def test_one_between_digits_is_read_as_a_digit_and_as_a_dash() -> None:
    assert {"21130", "2-130"} <= {*normalised("2一130").readings}


def test_a_place_covers_what_is_hidden_in_it() -> None:
    typed = "電話ﾀﾞ0\u200b9０"
    read = normalised(typed)
    start = read.text.index("090")
    assert typed[slice(*read.original(start, start + 3))] == "0\u200b9０"
