"""`tsunagi up` as somebody starts and stops it: every misfortune gets a clear word."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx
import psutil
import psycopg
import pytest
import redis

from deploy.embedded.folder import free_port
from shared.database import AS_SERVICE
from tests.processes import Process, tsunagi


def _started(var: Path, port: int | None = None) -> Process:
    return Process(["up", "--no-demo"], port or free_port(), {"TSUNAGI_VAR": str(var)})


def _servers(var: Path) -> list[psutil.Process]:
    return [
        process
        for process in psutil.process_iter(["cmdline"])
        if any(str(var) in word for word in process.info["cmdline"] or ())
    ]


@pytest.fixture(scope="module")
def running() -> Iterator[tuple[Process, Path]]:
    """One installation that is up, for the tests that only look at it."""
    with TemporaryDirectory(prefix="tsunagi-") as folder:
        var = Path(folder) / "var"
        process = _started(var)
        try:
            process.wait_ready()
            yield process, var
        finally:
            process.close()


def _refused(var: Path, *words: str) -> str:
    """What a command says that cannot be done: one clear word, and no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        env={"PATH": os.environ["PATH"], "TSUNAGI_VAR": str(var)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_ctrl_c_stops_everything_and_a_second_start_finds_its_data(tmp_path: Path) -> None:
    var = tmp_path / "var"
    process = _started(var)
    try:
        process.wait_ready()
        here = {"TSUNAGI_VAR": str(var)}
        first = tsunagi(here, "token", "create", "--role", "counter", "--agency", "csw")
        assert _servers(var)
        assert process.stop(signal.SIGINT) == 0
        assert "つなぎ を閉じています。" in process.output()
        assert "Traceback" not in process.output()
        assert _servers(var) == []
        for words in (["doctor"], ["token", "create", "--role", "manager"]):
            assert "届きません" in _refused(var, *words)
        process.start()
        process.wait_ready()
        assert tsunagi(here, "doctor").count("すべて届いています。") == 2
        assert first != tsunagi(here, "token", "create", "--role", "manager")
    finally:
        process.close()


def test_each_role_has_an_account_that_can_sign_in(running: tuple[Process, Path]) -> None:
    process, _ = running
    rows = re.findall(r"^  ([a-z-]+) +(\S{16}) +(\S.*)$", process.output(), re.M)
    assert [login for login, _, _ in rows] == [
        "counter",
        "houkatsu",
        "csw",
        "seikatsu-engo",
        "kodomo-katei",
        "manager",
        "admin",
    ]
    for login, password, _ in rows:
        answer = httpx.post(
            f"{process.url}/sign-in",
            data={"login": login, "password": password},
            trust_env=False,
        )
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


def test_a_taken_port_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = _started(tmp_path / "var", taken.getsockname()[1])
        try:
            assert process.stop(signal.SIGCONT) == 1
            assert f"127.0.0.1:{taken.getsockname()[1]} は使えません" in process.output()
            assert "Traceback" not in process.output()
        finally:
            process.close()


def test_a_folder_in_use_is_named(running: tuple[Process, Path]) -> None:
    first, var = running
    second = _started(var)
    try:
        assert second.stop(signal.SIGCONT) == 1
        assert "すでに動いています" in second.output()
        first.wait_ready()
    finally:
        second.close()


def test_the_environment_is_printed_as_psql_and_redis_cli_take_it(
    running: tuple[Process, Path],
) -> None:
    process, var = running
    lines = tsunagi({"TSUNAGI_VAR": str(var)}, "env").splitlines()
    values = dict(line.split("=", 1) for line in lines)
    assert values["TSUNAGI_URL"] == process.url
    for name in ("IDENTITY", "INTAKE", "REFERRAL", "METRICS"):
        with psycopg.connect(values[f"{name}_DATABASE_URL"], options=AS_SERVICE) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    with redis.Redis.from_url(values["REDIS_URL"]) as store:
        assert store.ping()


def test_without_an_installation_commands_say_what_to_do(tmp_path: Path) -> None:
    assert "動いている つなぎ が見つかりません" in _refused(tmp_path, "doctor")
