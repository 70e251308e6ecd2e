"""A city one of whose agencies ended in March 2026, and that nobody follows."""

import shutil
from pathlib import Path

from tests.conftest import PLAN_FOLDER

ENDED = "csw"


def plan_without(folder: Path) -> Path:
    """The folder of the plan of that city, made in this one."""
    there = folder / "plan"
    shutil.copytree(PLAN_FOLDER, there)
    path = there / "agencies.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2025-07-01,,", "2025-07-01,2026-03-31,"), encoding="utf-8")
    return there
