"""Promise: what could point at a person is found however it is typed, and nothing else is."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.findings import KINDS, Level
from shared.privacy.guard import Guard
from tests.privacy.sentences import CLEAN, Sentence, city_guard, sentences

#: The names that have to be found, of a hundred; and the most flags in a hundred clean sentences.
_NAMES, _FALSE = 94, 10


@pytest.fixture(scope="module")
def guard() -> Guard:
    return city_guard()


def _kinds(guard: Guard, text: str) -> set[str]:
    return {one.kind for one in guard.look(text)}


def _blocked() -> list[Sentence]:
    return [
        one for one in sentences() if one.kind in KINDS and KINDS[one.kind].level is Level.BLOCK
    ]


def test_the_sentences_are_many_and_cover_every_kind() -> None:
    every = sentences()
    assert len(every) >= 300
    assert {one.kind for one in every} == {*KINDS, CLEAN}
    assert {one.kind for one in every if one.held_out} == {*KINDS, CLEAN}
    assert len({one.text for one in every}) == len(every)


@pytest.mark.parametrize("sentence", _blocked(), ids=lambda one: one.text)
def test_every_identifier_is_found_as_what_it_is(guard: Guard, sentence: Sentence) -> None:
    assert sentence.kind in _kinds(guard, sentence.text)


@pytest.mark.parametrize("kind", ["personal-name", "staff-name"])
def test_names_are_found(guard: Guard, kind: str) -> None:
    named = [one.text for one in sentences() if one.kind == kind]
    missed = [text for text in named if kind not in _kinds(guard, text)]
    assert len(missed) * 100 <= len(named) * (100 - _NAMES), missed


def test_clean_sentences_are_left_alone(guard: Guard) -> None:
    clean = [one.text for one in sentences() if one.kind == CLEAN]
    flagged = [text for text in clean if _kinds(guard, text) - {"staff-name"}]
    assert len(flagged) * 100 <= len(clean) * _FALSE, flagged


@pytest.mark.parametrize(
    "text",
    ["アルツハイマー", "東地区", "大家さん", "お母さん", "048-486-2485に電話", "○○さん", "Aさん"],
)
def test_what_the_plan_and_the_counter_say_every_day_is_clean(guard: Guard, text: str) -> None:
    assert guard.look(text) == []


def test_a_colleague_beside_a_role_is_only_warned_about(guard: Guard) -> None:
    (found,) = guard.look("社協の佐藤CSW")
    assert (found.kind, found.level, found.start, found.end) == ("staff-name", Level.WARN, 3, 5)


def test_the_stricter_of_two_findings_stays(guard: Guard) -> None:
    (found,) = guard.look("hanako@example.jp")
    assert found.level is Level.BLOCK


def test_a_place_name_of_the_city_is_a_name_only_beside_san(guard: Guard) -> None:
    assert guard.look("宮戸に行く") == []
    assert _kinds(guard, "宮戸さんに聞く") == {"personal-name"}


_WAYS = ("0123456789", "０１２３４５６７８９", "〇一二三四五六七八九", "⓪①②③④⑤⑥⑦⑧⑨", "٠١٢٣٤٥٦٧٨٩")


@given(
    digits=st.from_regex(r"\A0[5-9]0[1-9][0-9]{7}\Z"),
    ways=st.lists(st.sampled_from(_WAYS), min_size=11, max_size=11),
    gap=st.sampled_from(["", "-", "−", "ー", " ", "\u3000", "\u200b", ".", "・"]),
)
def test_a_telephone_number_is_found_in_any_digits(
    guard: Guard, digits: str, ways: list[str], gap: str
) -> None:
    signs = [way[int(digit)] for digit, way in zip(digits, ways, strict=True)]
    typed = f"{''.join(signs[:3])}{gap}{''.join(signs[3:7])}{gap}{''.join(signs[7:])}"
    (found,) = guard.look(f"電話は{typed}です")
    assert (found.kind, found.start, found.end) == ("telephone", 3, 3 + len(typed))


@given(st.text(st.characters(), max_size=300))
def test_places_point_into_the_typed_text_and_do_not_overlap(guard: Guard, typed: str) -> None:
    behind = 0
    for found in guard.look(typed):
        assert behind <= found.start < found.end <= len(typed)
        behind = found.end


@given(
    st.text(
        "0123456789０一二十〇-−ー 　年月日丁目番号のLINEid@.a口座介護保険手帳田中さんア・（",
        max_size=300,
    )
)
def test_no_text_breaks_the_patterns(guard: Guard, typed: str) -> None:
    assert all(found.kind in KINDS for found in guard.look(typed))


@pytest.mark.parametrize(
    "piece",
    ["1", "1-", "0 ", "a.", "a@", "一丁目", "口座", "口座1-1 ", "大宮30あ1", "ア・", "林さん",
     "ー一", "昭和11", "生まれ10/10", "長男の", "ﷺ", "\u0301", " ", "LINEid", "介護保険1",
     "a ", "a @ a . ", "sato ", "本人:大山 ", "浜崎の1の2"],
)  # fmt: skip
def test_no_text_takes_long(guard: Guard, piece: str) -> None:
    text = (piece * 500)[:500]
    guard.look(text)
    begun = time.process_time()
    guard.look(text)
    assert time.process_time() - begun < 0.5


def test_a_finding_has_no_text() -> None:
    assert {"kind", "start", "end", "level"} == set(Guard().look("090-1234-5678")[0].__slots__)
