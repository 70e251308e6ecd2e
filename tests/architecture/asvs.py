"""The list of ASVS requirements: read from docs/asvs.csv, written as tables for the documents.

`python -m tests.architecture.asvs` writes docs/asvs.md and the summary in docs/security.md anew.
"""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_ROOT = Path(__file__).parents[2]
DATA = _ROOT / "docs/asvs.csv"
TABLE = _ROOT / "docs/asvs.md"
SECURITY = _ROOT / "docs/security.md"
#: Between these two lines of docs/security.md stands the summary.
MARKS = ("<!-- asvs: begin -->\n", "<!-- asvs: end -->\n")
ANSWERS = ("yes", "partly", "no", "not applicable")
CHAPTERS = (
    *("Encoding and sanitization", "Validation and business logic", "Web frontend"),
    *("API and web service", "File handling", "Authentication", "Session management"),
    *("Authorization", "Self-contained tokens", "OAuth and OIDC", "Cryptography"),
    *("Secure communication", "Configuration", "Data protection"),
    *("Secure coding and architecture", "Logging and error handling", "WebRTC"),
)
_HEAD = """# ASVS 5.0.0, levels 1 and 2

Each requirement of OWASP ASVS 5.0.0 up to level 2, in our own few words.

| answer | |
|---|---|
| yes | met, and the tests that are named would fail if it were not |
| partly | met in part, or not shown by a test in all of its parts |
| no | not met |
| not applicable | there is nothing of the kind |

This is our own reading, not an assessment by somebody else. `python -m tests.architecture.asvs`
writes this page from [asvs.csv](asvs.csv), and `tests/architecture/test_asvs.py` fails where they
differ. Tests are named from `tests/` on.
"""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One row: `asks` is our wording, `tests` are `path::name`, `note` says what they do not."""

    id: str
    level: int
    asks: str
    answer: str
    tests: tuple[str, ...]
    note: str

    @property
    def chapter(self) -> int:
        """The number of its chapter, from 1."""
        return int(self.id.partition(".")[0].removeprefix("V"))


def wanted() -> Iterator[tuple[str, int]]:
    """Each requirement of levels 1 and 2 as ASVS 5.0.0 has it: id and level, in its order."""
    text = Path(__file__).with_name("asvs-5.0.0.txt").read_text(encoding="utf-8")
    for line in text.splitlines():
        section, *levels = line.split()
        if section == "#":
            continue
        for number, level in enumerate(map(int, levels), start=1):
            if level <= 2:
                yield f"{section}.{number}", level


def requirements() -> list[Requirement]:
    """The rows of docs/asvs.csv, in their order."""
    with DATA.open(encoding="utf-8", newline="") as file:
        return [
            Requirement(
                row["id"],
                int(row["level"]),
                row["asks"],
                row["answer"],
                tuple(row["tests"].split()),
                row["note"],
            )
            for row in csv.DictReader(file, strict=True)
        ]


def table(rows: Sequence[Requirement]) -> str:
    """The whole of docs/asvs.md."""
    parts = [_HEAD]
    for number, name in enumerate(CHAPTERS, start=1):
        parts.append(f"\n## V{number} {name}\n\n")
        parts.append("| | level | asks | answer | shown by, or why |\n|---|---|---|---|---|\n")
        for row in rows:
            if row.chapter == number:
                shown = [f"`{test}`" for test in row.tests]
                why = "<br>".join([*shown, *filter(None, [row.note])])
                parts.append(f"| {row.id} | {row.level} | {row.asks} | {row.answer} | {why} |\n")
    return "".join(parts)


def summary(rows: Sequence[Requirement]) -> str:
    """How many of each answer every chapter has, and which requirements are not met."""
    counted = Counter((row.chapter, row.answer) for row in rows)
    lines = [f"| chapter | {' | '.join(ANSWERS)} |", "|---|" + "---|" * len(ANSWERS)]
    for number, name in enumerate(CHAPTERS, start=1):
        cells = " | ".join(str(counted[number, answer] or "") for answer in ANSWERS)
        lines.append(f"| V{number} {name} | {cells} |")
    totals = Counter(row.answer for row in rows)
    lines.append(f"| all {len(rows)} | {' | '.join(str(totals[one]) for one in ANSWERS)} |")
    lines += ["", "Not met:", ""]
    lines += [f"- {row.id}, {row.asks}: {row.note}" for row in rows if row.answer == "no"]
    lines += ["", "Of level 1 met in part:", ""]
    partly = [row for row in rows if (row.answer, row.level) == ("partly", 1)]
    lines += [f"- {row.id}, {row.asks}: {row.note}" for row in partly]
    return "\n".join(lines) + "\n"


def with_summary(document: str, rows: Sequence[Requirement]) -> str:
    """The document with the summary between its marks. Raises ValueError where they are not."""
    before, begun, rest = document.partition(MARKS[0])
    _, ended, after = rest.partition(MARKS[1])
    if not begun or not ended:
        raise ValueError("the marks of the summary are missing")
    return f"{before}{MARKS[0]}{summary(rows)}{MARKS[1]}{after}"


def main() -> None:
    """Write both documents anew."""
    rows = requirements()
    TABLE.write_text(table(rows), encoding="utf-8")
    document = SECURITY.read_text(encoding="utf-8")
    SECURITY.write_text(with_summary(document, rows), encoding="utf-8")


if __name__ == "__main__":
    main()
