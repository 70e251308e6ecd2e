"""`--report-file`: what ran, how long it took, how it ended, as a page to keep."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """Where to write the report; nothing is written without it."""
    parser.addoption("--report-file", help="write a Markdown report of this run")


class Report:
    """Notes each test as it ends."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._rows: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """The test itself, or whatever failed around it."""
        if report.when == "call" or report.failed:
            name = report.nodeid.partition("tests/")[2]
            self._rows.append(f"| {name} | {report.outcome} | {report.duration:.0f} s |")

    def pytest_sessionfinish(self) -> None:
        """Write the page."""
        day = datetime.now(UTC).date()
        lines = [
            "# The last long run",
            "",
            f"{day}, Python {platform.python_version()}. `make test-long` ran and wrote this:",
            "",
            "| Test | Outcome | Took |",
            "| --- | --- | --- |",
            *sorted(self._rows),
        ]
        self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    """Take part only when a report is wanted."""
    wanted = config.getoption("--report-file")
    if wanted:
        config.pluginmanager.register(Report(Path(wanted)), "tsunagi-report")
