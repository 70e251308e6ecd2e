"""What the name of an account, of a machine or of a webhook may say."""

from shared.errors import InvalidInput
from shared.privacy.findings import KINDS
from shared.privacy.guard import identifiers

_INSTEAD = "職名や用途を書いてください。"
_MACHINE = "人の名前のようです。何のための鍵かを書いてください。"


def refuse_identifiers(text: str, field: str = "name") -> None:
    """Raise InvalidInput for a number, an address or the like; a name of a person may stand."""
    for kind in identifiers(text)[:1]:
        what = KINDS[kind].words.partition("。")[0]
        raise InvalidInput.field(field, code=kind, detail=f"{what}。{_INSTEAD}")


def refuse_telephone(login: str) -> None:
    """Raise InvalidInput for a telephone number; a login may be a mail address or a number."""
    if "telephone" in identifiers(login):
        detail = f"{KINDS['telephone'].words.partition('。')[0]}。"
        raise InvalidInput.field("login", code="telephone", detail=detail)


def refuse_person(*, named: bool) -> None:
    """Raise InvalidInput where a likely name was found in the name of a machine."""
    if named:
        raise InvalidInput.field("name", code="personal-name", detail=_MACHINE)
