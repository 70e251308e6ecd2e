"""How fast consultations are taken, beside the same handler without outbox and a bare insert."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from statistics import median

import psycopg

from deploy.embedded.folder import free_port
from shared.database import AS_SERVICE, make_engine
from shared.identity.principal import Role
from shared.identity.tokens import create_token
from shared.settings import load_settings
from tests.performance.applications import KINDS
from tests.performance.load import CLIENTS, Load, apply_load
from tests.performance.table import Line

ROUNDS = 15
SECONDS = 1.5
WARM_UP = 2.0
GOAL = 0.8


def make_token(
    environment: dict[str, str], role: Role = Role.COUNTER, agency: str = "chiiki-kyosei"
) -> str:
    """A token of a desk; a counter's without another role."""

    async def create() -> str:
        engine = make_engine(load_settings(environment).database_url("identity"), pool_size=1)
        async with engine.begin() as connection:
            secret = await create_token(
                connection,
                name="bench",
                role=role,
                agency=agency,
                now=datetime.now(UTC),
            )
        await engine.dispose()
        return secret

    return asyncio.run(create())


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until somebody listens and answers there."""
    while process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1) as probe:
                probe.sendall(b"GET /livez HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n")
                if probe.recv(16).startswith(b"HTTP/1.1"):
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the application ended")


@contextmanager
def _serving(kind: str, environment: dict[str, str]) -> Iterator[int]:
    """One of the applications in a process of its own; gives its port."""
    port = free_port()
    command = [sys.executable, "-m", "tests.performance.applications", kind, str(port)]
    process = subprocess.Popen(command, env=os.environ | environment)
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)


def _count(environment: dict[str, str], table: str) -> int:
    with psycopg.connect(
        environment["INTAKE_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        row = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
        assert row is not None
        return int(row[0])


def measure(environment: dict[str, str]) -> list[Line]:
    """Rounds of every application in turn; ratios are taken inside each round."""
    token = make_token(environment)
    seen: dict[str, list[Load]] = {kind: [] for kind in KINDS}
    answered = dict.fromkeys(KINDS, 0)
    with (
        _serving("real", environment) as real,
        _serving("without outbox", environment) as without,
        _serving("bare", environment) as bare,
    ):
        ports = {"real": real, "without outbox": without, "bare": bare}
        for kind, port in ports.items():
            answered[kind] += apply_load(port, token, WARM_UP).answers
        for number in range(ROUNDS):
            kinds = list(ports) if number % 2 == 0 else list(reversed(ports))
            for kind in kinds:
                load = apply_load(ports[kind], token, SECONDS)
                answered[kind] += load.answers
                seen[kind].append(load)
    stored, kept = _count(environment, "consultation"), _count(environment, "outbox")
    if stored != sum(answered.values()) or kept != answered["real"]:
        raise RuntimeError(f"answered {answered}, stored {stored}, kept {kept} events")
    return _lines(seen)


def _lines(seen: dict[str, list[Load]]) -> list[Line]:
    rates = {kind: [load.rate for load in loads] for kind, loads in seen.items()}
    lines = [
        Line(
            f"POST of a consultation, committed, {CLIENTS} clients: {kind}",
            f"{median(rates[kind]):.0f} /s, median {median(one.median for one in loads):.1f} ms,"
            f" 95% {median(one.p95 for one in loads):.1f} ms",
        )
        for kind, loads in seen.items()
    ]
    for other, goal in (("without outbox", GOAL), ("bare", None)):
        pairs = zip(rates["real"], rates[other], strict=True)
        ratio = median(mine / theirs for mine, theirs in pairs)
        lines.append(Line.ratio(f"POST: real / {other}", ratio, goal))
    return lines
