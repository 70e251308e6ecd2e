"""What a half-made demonstration must remember to be finished: its day and its tokens."""

import json
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path


@dataclass(frozen=True, slots=True)
class State:
    """`today` is the day that the script counts back from, the same at every try."""

    path: Path
    today: date
    tokens: dict[str, str] = field(default_factory=dict)
    finished: bool = False

    def save(self) -> None:
        """Write it down, all or nothing, readable by us alone."""
        draft = self.path.with_suffix(".new")
        draft.touch(mode=0o600)
        values = {
            "today": self.today.isoformat(),
            "tokens": self.tokens,
            "finished": self.finished,
        }
        draft.write_text(json.dumps(values, indent=1), encoding="utf-8")
        draft.replace(self.path)

    def with_tokens(self, tokens: dict[str, str]) -> "State":
        """The same with these tokens, saved before one of them is used."""
        kept = replace(self, tokens=tokens)
        kept.save()
        return kept

    def end(self) -> None:
        """Nothing is left to do; the tokens are forgotten."""
        replace(self, tokens={}, finished=True).save()


def load_state(folder: Path) -> State | None:
    """The state of an earlier try; None when there was none, or its file is broken."""
    path = folder / "demonstration.json"
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        today = date.fromisoformat(values["today"])
        return State(path, today, dict(values["tokens"]), bool(values["finished"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def new_state(folder: Path, today: date) -> State:
    """A first try that begins today."""
    folder.mkdir(parents=True, exist_ok=True)
    return State(folder / "demonstration.json", today)
