"""Read `slip.toml`: the words on the slip that a person carries, in every language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

from shared.paper.fonts import lacking
from shared.paper.ruby import Line, Piece, parse, plain, unread
from shared.plan.faults import PlanFault
from shared.plan.files import line_of, read_toml
from shared.plan.model import Agency

FILE = "slip.toml"

#: The languages of the slip, each with the tag (BCP 47) that pages and PDF files carry.
SLIP_LANGUAGES: Mapping[str, str] = {
    "ja": "ja",
    "ja-easy": "ja",
    "en": "en",
    "zh": "zh-Hans",
    "vi": "vi",
    "ko": "ko",
}
_EASY = "ja-easy"
_Day = date
_SOME_DAY = date(2026, 11, 24)


@dataclass(frozen=True, slots=True)
class NeutralWords:
    """What the slip of a case about violence says, and nothing else."""

    title: Line
    show: Line


@dataclass(frozen=True, slots=True)
class SlipWords:
    """The slip's words in one language; `date` has places for year, month and day."""

    name: Line
    city: Line
    title: Line
    what: Line
    show: Line
    destination: Line
    private: Line
    lost: Line
    hours: Line
    date: Line
    qr: Line
    neutral: NeutralWords

    def day(self, day: _Day) -> Line:
        """A day as this language writes it."""
        return tuple(Piece(_dated(piece.base, day), piece.reading) for piece in self.date)


@dataclass(frozen=True, slots=True)
class Slips:
    """The words by language, and how each agency's name is read."""

    words: Mapping[str, SlipWords]
    readings: Mapping[str, Line]


def _dated(pattern: str, day: date) -> str:
    return pattern.format(year=day.year, month=day.month, day=day.day)


def face_language(language: str) -> str:
    """The language whose letters a slip is set in: やさしい日本語 is set as Japanese."""
    return "ja" if language == _EASY else language


def _line(text: Any, language: str) -> Line:
    """The line of a text. Raises ValueError with the reason, in Japanese."""
    if not isinstance(text, str) or not text.strip():
        raise ValueError("文を書いてください。")
    try:
        line = parse(text)
    except ValueError:
        raise ValueError("ふりがなは [漢字|かんじ] の形で書いてください。") from None
    missing = lacking(plain(line) + "".join(p.reading for p in line), face_language(language))
    if missing:
        raise ValueError(f"印刷できない文字「{''.join(missing)}」があります。")
    if language == _EASY and unread(line):
        raise ValueError(f"漢字「{unread(line)}」にふりがながありません。")
    return line


def _check_date(line: Line) -> None:
    try:
        shown = "".join(_dated(piece.base, _SOME_DAY) for piece in line)
    except (LookupError, ValueError):
        shown = ""
    if not all(number in shown for number in ("2026", "11", "24")):
        raise ValueError("日付には {year}・{month}・{day} を書いてください。")


def _words(
    kind: type[SlipWords] | type[NeutralWords], table: Any, language: str, place: str
) -> Iterator[tuple[str, Any, str]]:
    """Each field's name, its line or None, and what is wrong with it."""
    given = table if isinstance(table, dict) else {}
    names = [field.name for field in fields(kind)]
    for name in names:
        if name == "neutral":
            continue
        if name not in given:
            yield name, None, f"「{place}{name}」がありません。"
            continue
        try:
            line = _line(given[name], language)
            if name == "date":
                _check_date(line)
            yield name, line, ""
        except ValueError as error:
            yield name, None, f"「{place}{name}」：{error}"
    for name in given.keys() - set(names):
        yield name, None, f"「{place}{name}」は使いません。"


def _read_words(table: Any, language: str) -> tuple[SlipWords | None, list[str]]:
    outer = list(_words(SlipWords, table, language, f"{language}."))
    neutral = table.get("neutral") if isinstance(table, dict) else None
    inner = list(_words(NeutralWords, neutral, language, f"{language}.neutral."))
    wrong = [reason for _, _, reason in outer + inner if reason]
    if wrong:
        return None, wrong
    said = NeutralWords(**{name: line for name, line, _ in inner})
    return SlipWords(**{name: line for name, line, _ in outer}, neutral=said), []


def _read_readings(
    table: Mapping[str, Any], agencies: Mapping[str, Agency]
) -> tuple[dict[str, Line], list[str]]:
    found: dict[str, Line] = {}
    wrong = [f"機関「{name}」は agencies.csv にありません。" for name in table.keys() - agencies]
    for agency in agencies.values():
        try:
            line = _line(table.get(agency.id), _EASY)
            if plain(line) != agency.name:
                raise ValueError("agencies.csv の名前と合いません。")
            found[agency.id] = line
        except ValueError as error:
            wrong.append(f"「readings.{agency.id}」：{error}")
    return found, sorted(wrong)


def read_slips(
    folder: Path, agencies: Mapping[str, Agency], faults: list[PlanFault]
) -> Slips | None:
    """The words of every language and the readings; None with faults noted."""
    path = folder / FILE
    before = len(faults)
    table = read_toml(path, faults)
    if len(faults) > before:
        return None
    words: dict[str, SlipWords] = {}
    for language in SLIP_LANGUAGES:
        line = line_of(path, language)
        if language not in table:
            faults.append(PlanFault(FILE, None, f"言語「{language}」がありません。"))
            continue
        read, wrong = _read_words(table[language], language)
        faults += [PlanFault(FILE, line, reason) for reason in wrong]
        if read is not None:
            words[language] = read
    unknown = sorted(table.keys() - SLIP_LANGUAGES.keys() - {"readings"})
    faults += [
        PlanFault(FILE, line_of(path, name), f"「{name}」は使いません。") for name in unknown
    ]
    readings, wrong = _read_readings(table.get("readings", {}), agencies)
    faults += [PlanFault(FILE, line_of(path, "readings"), reason) for reason in wrong]
    return Slips(words, readings) if len(faults) == before else None
