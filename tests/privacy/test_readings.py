"""Promise: what stands between the parts of a number hides it no more than its digits do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.guard import Guard, identifiers
from shared.privacy.normalising import normalised
from shared.privacy.readings import readings
from shared.privacy.spoken import spoken_digits
from tests.privacy.sentences import city_guard


@pytest.fixture(scope="module")
def guard() -> Guard:
    return city_guard()


def _joined(typed: str) -> str:
    return readings(normalised(typed))[-1].text


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("個人番号「1234」（5678）", "個人番号1234 5678"),
        ("口座番号\n２３４５６７８", "口座番号 2345678"),
        ("介護保険の10桁 0000123456", "介護保険の 0000123456"),
        ("ゼロキューゼロ、イチニーサンヨン", "090-1234"),
        ("ぜろよんはち四六五いちにさんよんに掛ける", "0484651234に掛ける"),
    ],
)
def test_a_text_is_read_with_the_parts_of_its_numbers_joined(typed: str, read: str) -> None:
    assert _joined(typed) == read


@pytest.mark.parametrize(
    "typed",
    [
        "長男（次男）",
        "来所して家族の話をしばらく聞いた\n3日後に再訪",
        "お礼を言われた。\n3日後に",
        "ニーズ",
    ],
)
def test_what_joins_no_number_is_read_as_it_stands(typed: str) -> None:
    assert _joined(typed) == normalised(typed).text


@pytest.mark.parametrize(
    "typed", ["にしきたみなみ", "さんにんでくらす", "イチゴ、ニンジン、サンマ"]
)
def test_ordinary_words_are_no_digits(typed: str) -> None:
    assert not list(spoken_digits(typed))


def test_the_place_covers_all_that_was_typed(guard: Guard) -> None:
    (found,) = guard.look("番号は「１２３４」「５６７８」「９０１８」だ")
    assert (found.kind, found.start, found.end) == ("my-number", 4, 20)


def test_a_spoken_number_is_shown_from_its_first_word_to_its_last(guard: Guard) -> None:
    (found,) = guard.look("電話はゼロキューゼロ、イチニーサンヨン、ゴーロクナナハチ。")
    assert (found.kind, found.start, found.end) == ("telephone", 3, 28)


def test_the_kinds_alone_are_read_the_same_way() -> None:
    assert identifiers("窓口（０９０）（１２３４）（５６７８）") == ["telephone"]


_SPELLED = ("ゼロ", "イチ", "ニ", "サン", "ヨン", "ゴ", "ロク", "ナナ", "ハチ", "キュウ")


@given(
    digits=st.from_regex(r"\A0[5-9]0[1-9][0-9]{7}\Z"),
    said=st.lists(st.booleans(), min_size=11, max_size=11),
    gap=st.sampled_from(["", "、", "・", " ", "-", "の"]),
)
def test_a_number_is_found_however_much_of_it_is_spelled(
    guard: Guard, digits: str, said: list[bool], gap: str
) -> None:
    signs = [
        _SPELLED[int(digit)] if word else digit for digit, word in zip(digits, said, strict=True)
    ]
    typed = gap.join(("".join(signs[:3]), "".join(signs[3:7]), "".join(signs[7:])))
    assert "telephone" in {one.kind for one in guard.look(f"電話番号、{typed}。")}
