"""Which passwords are refused: too short, or made of what everybody tries first."""

import re
from functools import cache
from pathlib import Path
from unicodedata import normalize

from shared.errors import InvalidInput

SHORTEST = 12
LONGEST = 128
#: A password must hold more choices than this: two words and a year are tried early.
MOST_GUESSED = 2
_FAR = 1000

#: Figures and signs that stand for letters.
_SIGNS = "@$!|"
_LETTERS = str.maketrans(f"013457{_SIGNS}", "oieastasil")
_DATE = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_DIGITS = re.compile(r"\d+")
_LONE_DIGIT = re.compile(r"(?<!\d)\d(?!\d)")
#: What joins romaji words: sakura no hana is tried with sakura hana.
_PARTICLES = frozenset({"no", "ha", "wa", "ga", "wo", "ni", "de", "to", "mo"})
#: What fingers walk along: rows and columns of keyboards, the alphabet, figures.
_WALKS = (
    *(
        "qwertyuiop",
        "asdfghjkl",
        "zxcvbnm",
        "1234567890",
        "01234567890",
        "abcdefghijklmnopqrstuvwxyz",
    ),
    *("qazwsxedcrfvtgbyhnujmikolp", "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "q1w2e3r4t5y6u7i8o9p0"),
    *("147258369", "159357", "789456123", "1q2w3e4r5t6y7u8i9o0p", "zaqxswcdevfrbgtnhymjukilop"),
    *("a1b2c3d4e5f6g7h8i9j0", "1a2b3c4d5e6f7g8h9i0j"),
)
_BOTH_WAYS = tuple(walk[::way] for walk in _WALKS for way in (1, -1))


@cache
def _common_words() -> frozenset[str]:
    lines = Path(__file__).with_name("common_words.txt").read_text(encoding="utf-8").splitlines()
    words = {word for line in lines if not line.startswith("#") for word in line.split()}
    return frozenset(word for word in words if len(word) >= 2)


def plain(password: str) -> str:
    """The password as it is compared: full-width letters of an input method are the same ones."""
    return normalize("NFKC", password)


def refuse_weak(password: str, *own: str, field: str = "password") -> None:
    """Raise InvalidInput for a password that is too short, too long, or soon guessed.

    `own` are names that anybody knows of the account: its login, its agency. Which letters,
    figures or signs it has is free, as NIST SP 800-63B and OWASP ASVS 5.0 ask.
    """
    if not SHORTEST <= len(plain(password)) <= LONGEST:
        detail = f"パスワードは{SHORTEST}文字以上{LONGEST}文字以内にしてください。"
        raise InvalidInput.field(field, code="bad-length", detail=detail)
    if choices(password, *own) <= MOST_GUESSED or _repeats_too_little(password):
        detail = (
            "よく使われる言葉や並び、同じ言葉の繰り返し、ログイン名だけの"
            "パスワードは使えません。"
            "関係のない言葉を三つ以上つなげると、覚えやすく強くなります。"
        )
        raise InvalidInput.field(field, code="common-password", detail=detail)


def choices(password: str, *own: str) -> int:
    """How many choices somebody made, as one who guesses counts them.

    A common word is one, four figures are one, any other letter is one. Own names, years, dates,
    walks along the keyboard, particles, a figure alone, and whatever only repeats cost nothing.
    """
    folded = plain(password).casefold()
    names = frozenset(_kept(name.casefold()) for name in (*own, "tsunagi"))
    spellings = {_kept(folded), _kept(folded, _SIGNS)}
    return min(_fewest(_once(spelling), names) for spelling in spellings)


def _repeats_too_little(password: str) -> bool:
    """Whether it only says something again whose one round is too short for a password."""
    read = plain(password)
    kept = _kept(read.casefold())
    return len(read) * len(_once(kept)) < SHORTEST * len(kept)


def _kept(text: str, signs: str = "") -> str:
    return "".join(letter for letter in text if letter.isalnum() or letter in signs)


def _once(text: str) -> str:
    """The shortest text that only repeats into this one, its last round cut short perhaps."""
    for length in range(1, len(text) // 2 + 1):
        if all(text[at] == text[at - length] for at in range(length, len(text))):
            return text[:length]
    return text


def _fewest(text: str, names: frozenset[str]) -> int:
    """The fewest choices that make up the text, from its end to its beginning."""
    fewest = [0] * (len(text) + 1)
    lone = {found.start() for found in _LONE_DIGIT.finditer(text)}
    for start in range(len(text) - 1, -1, -1):
        ends = range(start + 1, min(len(text), start + 24) + 1)
        fewest[start] = min(_cost(text[start:end], names) + fewest[end] for end in ends)
        if start in lone:
            fewest[start] = min(fewest[start], fewest[start + 1])
    return fewest[0]


def _cost(piece: str, names: frozenset[str]) -> int:
    if {piece, piece.translate(_LETTERS)} & names or piece in _PARTICLES:
        return 0
    if _is_walk(piece) or _DATE.fullmatch(piece):
        return 0
    if _DIGITS.fullmatch(piece):
        return 0 if re.fullmatch(r"(19|20)\d\d", piece) else -(-len(piece) // 4)
    if len(piece) == 1 or not _common_words().isdisjoint((piece, piece.translate(_LETTERS))):
        return 1
    return _FAR


def _is_walk(piece: str) -> bool:
    if len(piece) < 3:
        return False
    return len(set(piece)) == 1 or any(piece in walk for walk in _BOTH_WAYS)
