"""How soon the first page answers after `make run`, and the memory of everything together."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import psutil

from deploy.embedded.folder import Folder, free_port
from deploy.embedded.servers import environment_of
from deploy.first_accounts import password_of
from tests.performance.load import apply_load
from tests.performance.posting import make_token
from tests.performance.table import Line

PAGE_GOAL = 10.0
MEMORY_GOAL = 600.0
LOAD_SECONDS = 5.0
PAGE_VIEWS = 20
PATIENCE = 60.0
PAGES = {
    "counter": ("/intake/consultations/new", "/intake/consultations"),
    "csw": ("/referral/inbox", "/referral/cases"),
    "manager": ("/metrics/indicators",),
}


@contextmanager
def _running(var: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """`tsunagi up` without the demonstration, as `make run` starts it."""
    command = [sys.executable, "-m", "deploy.cli", "up", "--no-demo", "--port", str(port)]
    environment = os.environ | {"TSUNAGI_VAR": str(var)}
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(PATIENCE)


def _first_page(process: subprocess.Popen[bytes], port: int, begun: float) -> float:
    """Seconds until the sign-in page answers."""
    while time.perf_counter() - begun < PATIENCE and process.poll() is None:
        try:
            if httpx.get(f"http://127.0.0.1:{port}/sign-in", timeout=5).status_code == 200:
                return time.perf_counter() - begun
        except httpx.TransportError:
            time.sleep(0.05)
    raise RuntimeError("the sign-in page never answered")


def _use(folder: Folder, port: int) -> tuple[int, int]:
    """Post from many clients, then look at pages; returns how many of each."""
    posts = apply_load(port, make_token(environment_of(folder)), LOAD_SECONDS).answers
    views = 0
    for login, paths in PAGES.items():
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            form = {"login": login, "password": password_of(folder, login)}
            client.post("/sign-in", data=form)
            for path in paths * PAGE_VIEWS:
                answer = client.get(path)
                if answer.status_code != 200:
                    raise RuntimeError(f"{path}: {answer.status_code}")
                views += 1
    return posts, views


def _family(pid: int) -> set[psutil.Process]:
    process = psutil.Process(pid)
    return {process, *process.children(recursive=True)}


def _megabytes(process: subprocess.Popen[bytes], var: Path) -> float:
    """The memory of the process and the servers; a shared page counts once."""
    postgres = int((var / "postgres/postmaster.pid").read_text().splitlines()[0])
    valkey = int((var / "valkey/valkey.pid").read_text())
    everything = _family(process.pid) | _family(postgres) | _family(valkey)
    return sum(float(one.memory_full_info().pss) for one in everything) / 2**20


def measure() -> list[Line]:
    """A first start on an empty folder, its memory after some use, and a second start."""
    with tempfile.TemporaryDirectory() as place:
        var, port = Path(place) / "var", free_port()
        begun = time.perf_counter()
        with _running(var, port) as process:
            first = _first_page(process, port, begun)
            posts, views = _use(Folder(var), port)
            memory = _megabytes(process, var)
        begun = time.perf_counter()
        with _running(var, port) as process:
            second = _first_page(process, port, begun)
    return [
        Line.most("`make run` to first page, empty data folder", first, "s", PAGE_GOAL),
        Line.most("`make run` to first page, later starts", second, "s", PAGE_GOAL),
        Line.most(
            f"All processes together (PSS) after {posts} posts and {views} page views",
            memory,
            "MB",
            MEMORY_GOAL,
        ),
    ]
