"""The sentences: as counter staff write them, each with the kind that it holds, or clean."""

from dataclasses import dataclass
from pathlib import Path

from shared.plan import load_plan
from shared.privacy.guard import Guard

#: The kind of a sentence in which nothing is to be found.
CLEAN = "clean"
_FILES = ("identifiers.tsv", "names.tsv", "clean.tsv")
#: Written when the rules stood, and looked at but to measure them.
_FRESH = ("fresh.tsv", "fresh_identifiers.tsv", "fresh_names.tsv", "fresh_clean.tsv")
#: Those of them that were missed at first sight, and others like them: the rules know them now.
_SEEN = "seen.tsv"
_ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence. The rules were never tuned on the held-out ones."""

    kind: str
    text: str
    held_out: bool


def sentences() -> list[Sentence]:
    """Every sentence; held out are those written last, and of each other file every third."""
    found = []
    for name in (*_FILES, *_FRESH, _SEEN):
        lines = (Path(__file__).parent / name).read_text(encoding="utf-8").splitlines()
        for number, line in enumerate(lines, start=1):
            kind, text = line.split("\t")
            for code in ("200b", "200d", "000a"):
                text = text.replace(f"\\u{code}", chr(int(code, 16)))
            held_out = name in _FRESH or (name != _SEEN and number % 3 == 0)
            found.append(Sentence(kind, text, held_out=held_out))
    return found


def city_guard() -> Guard:
    """The guard as the services build it for the city of the plan."""
    plan = load_plan(_ROOT / "deploy/plans/asaka")
    return Guard(telephones=plan.telephones, places=plan.places)
