"""Promise: a name may hold an emoji as it is typed, and no mark that changes nothing."""

import pytest

from shared.errors import InvalidInput
from shared.identity.naming import refuse_login, refuse_name

_AS_EMOJI = "\ufe0f"


@pytest.mark.parametrize("sign", ["☎", "✉", "ℹ", "↔", "❤", "㊙", "⚠", "🏷", "🖥", "🅿", "〰", "©"])
def test_a_sign_that_is_made_an_emoji_may_stand(sign: str) -> None:
    refuse_name(f"{sign}{_AS_EMOJI} 電話相談")
    refuse_name(f"電話相談{sign}{_AS_EMOJI}")


def test_a_keycap_may_stand() -> None:
    refuse_name(f"窓口 1{_AS_EMOJI}\u20e3")


@pytest.mark.parametrize(
    "name",
    [
        f"{_AS_EMOJI}電話相談",
        f"電話{_AS_EMOJI}相談",
        f"担当a{_AS_EMOJI}",
        f"担当1{_AS_EMOJI}",
        f"担当 {_AS_EMOJI}",
        f"〒{_AS_EMOJI}担当",
        f"😀{_AS_EMOJI}担当",
        f"☎{_AS_EMOJI}{_AS_EMOJI}担当",
        "☎\ufe0e担当",
        "☎\u200d担当",
        "☎\u200b\ufe0f担当",
    ],
)
def test_a_mark_that_changes_nothing_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_name(name)
    assert refused.value.errors[0].code == "unseen-character"


def test_nothing_but_the_mark_is_no_name() -> None:
    with pytest.raises(InvalidInput) as refused:
        refuse_name(_AS_EMOJI)
    assert refused.value.errors[0].code == "missing"


@pytest.mark.parametrize("login", [f"sato{_AS_EMOJI}", f"☎{_AS_EMOJI}sato", f"1{_AS_EMOJI}\u20e3"])
def test_a_login_takes_none(login: str) -> None:
    with pytest.raises(InvalidInput):
        refuse_login(login)
