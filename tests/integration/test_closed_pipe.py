"""Whoever reads only the beginning of what a command prints is told of no trouble."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_PLAN = str(Path(__file__).parents[2] / "deploy/plans/asaka")


def _into_a_closed_pipe(environment: dict[str, str], *words: str) -> tuple[int, str]:
    """The exit code and what stands in the errors, where nobody reads what is printed."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "deploy.cli", *words],
            env={**os.environ, **environment},
            stdout=writing,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(writing)
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    "words",
    [("--help",), ("check-plan", _PLAN), ("env",), ("token", "list", "--help"), ("doctor",)],
)
def test_a_command_ends_quietly_when_nobody_reads_on(
    environment: dict[str, str], words: tuple[str, ...]
) -> None:
    assert _into_a_closed_pipe(environment, *words) == (1, "")


def test_a_server_that_is_away_is_named_all_the_same(environment: dict[str, str]) -> None:
    away = {"IDENTITY_DATABASE_URL": "postgresql://identity:x@127.0.0.1:1/identity"}
    code, said = _into_a_closed_pipe(environment | away, "account", "list")
    assert (code, "届きません" in said) == (1, True)
