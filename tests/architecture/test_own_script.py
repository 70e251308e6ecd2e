"""The one script of ours writes words as words and keeps nothing of a record in the browser."""

import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_SCRIPTS = sorted((_ROOT / "shared/web/static").glob("**/*.js"))


def _written() -> str:
    assert [path.name for path in _SCRIPTS] == ["live.js"]
    return _SCRIPTS[0].read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "forbidden",
    [
        r"\.(innerHTML|outerHTML|srcdoc)\s*\+?=[^=]",
        r"insertAdjacentHTML|document\.write|createContextualFragment",
        r"\beval\(|\bnew Function\b|setTimeout\(\s*[\"'`]",
        r"javascript:|createElement\([\"']script|jsonp|callback=",
    ],
)
def test_words_never_become_markup_or_code(forbidden: str) -> None:
    assert re.search(forbidden, _written()) is None


def test_the_browser_keeps_one_number_and_nothing_else() -> None:
    kept = re.findall(
        r"(?:sessionStorage|localStorage|indexedDB|caches|document\.cookie)[^;]*", _written()
    )
    assert kept
    allowed = re.compile(
        r"sessionStorage\.(getItem\(stored\)"
        r"|setItem\(stored, (String\(last\)|body\.dataset\.last)\))"
    )
    assert [one for one in kept if not allowed.match(one)] == []


def test_no_message_of_another_window_is_heard() -> None:
    assert not re.search(r"(window|self)\.(addEventListener\([\"']message|onmessage)", _written())
    channels = re.findall(r"(\w+)\.postMessage\(", _written())
    assert set(channels) == {"channel"}
    assert "new BroadcastChannel(" in _written()


def test_no_object_gets_a_member_whose_name_came_from_outside() -> None:
    assert not re.search(r"\w\[[^\]\"'\d]+\]\s*=[^=]|__proto__|Object\.assign", _written())


def test_nothing_stands_between_a_field_and_what_is_pasted_into_it() -> None:
    assert not re.search(
        r"[\"'](paste|beforeinput|keypress)[\"']|onpaste|preventDefault", _written()
    )


def test_no_page_needs_a_plug_in_or_a_frame() -> None:
    pages = [*_ROOT.glob("services/**/*.html"), *_ROOT.glob("shared/**/*.html")]
    assert len(pages) > 40
    old = re.compile(r"<(object|embed|applet|iframe|frame)\b", re.IGNORECASE)
    assert [str(path) for path in pages if old.search(path.read_text(encoding="utf-8"))] == []
