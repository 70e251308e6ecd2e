"""Whatever can be written in a form is given back where the form is no more."""

import re
from pathlib import Path

from shared.web.own_words import TEXTS, stem_of

_ROOT = Path(__file__).parents[2]
_WRITTEN = re.compile(r'f\.(?:area|text)\(\w+, ("[a-z_]+)([-"])([^%}]*)')
#: What is written in one line and is no text to lose: a name or number of something, an address.
_SHORT = {
    *("code", "case_code", "login", "name", "email", "url", "who", "record"),
    *("value", "numerator", "denominator", "state"),
}


def test_every_field_of_free_text_is_given_back() -> None:
    seen = set()
    for path in _ROOT.glob("s*/**/templates/*.html"):
        for name, _, rest in _WRITTEN.findall(path.read_text(encoding="utf-8")):
            if "type=" not in rest:
                seen.add(name.strip('"'))
    assert seen - _SHORT == set(TEXTS)
    assert seen >= _SHORT


def test_rows_of_a_kind_are_one_kind() -> None:
    assert [stem_of(name) for name in ("memo", "goal-1", "role-10-2", "refer_reason")] == [
        *("memo", "goal", "role", "refer_reason"),
    ]
