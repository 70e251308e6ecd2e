"""`--report-file`: what ran, how long it took, how it ended, as a page to keep."""

import platform
from collections import Counter, defaultdict
from datetime import UTC, datetime
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write the report; nothing is written without it."""
    parser.addoption("--report-file", help="write a Markdown report of this run")


class Report:
    """Notes each test as it ends; the cases of one test share a row."""

    def __init__(self, path: Path, *, whole: bool) -> None:
        self._path = path
        self._whole = whole
        self._outcomes: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The test itself, or whatever failed around it."""
        if report.when == "call" or report.failed:
            name = report.nodeid.partition("tests/")[2].partition("[")[0]
            self._outcomes[name][report.outcome] += 1
            self._seconds[name] += report.duration

    def pytest_sessionfinish(self) -> None:
        """Write the page. Where some files were named, tests in others keep their rows and days."""
        day = datetime.now(UTC).date()
        kept = {} if self._whole else _rows(self._path)
        rows = kept | {
            name: f"| {name} | {_in_words(outcomes)} | {self._seconds[name]:.0f} s | {day} |"
            for name, outcomes in self._outcomes.items()
        }
        lines = [
            "# The last long run",
            "",
            f"Python {platform.python_version()}. `make test-long` ran and wrote this; a test that",
            "was run again alone has a later day.",
            "",
            "| Test | Outcome | Took | Day |",
            "| --- | --- | --- | --- |",
            *(rows[name] for name in sorted(rows)),
        ]
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rows(path: Path) -> dict[str, str]:
    """The rows of the page that is there, by test."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return {line.split(" | ")[0].removeprefix("| "): line for line in lines if "::" in line}


def _in_words(outcomes: Counter[str]) -> str:
    return ", ".join(
        name if outcomes.total() == 1 else f"{number} {name}" for name, number in outcomes.items()
    )


def pytest_configure(config: pytest.Config) -> None:
    """Take part only when a report is wanted, and only where all of the run is seen."""
    wanted = config.getoption("--report-file")
    if wanted and not hasattr(config, "workerinput"):
        whole = config.args_source is not pytest.Config.ArgsSource.ARGS
        config.pluginmanager.register(Report(Path(wanted), whole=whole), "tsunagi-report")
