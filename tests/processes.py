"""Tsunagi's real processes in a test: started as an operator would, killed as a machine would."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import httpx

from deploy.embedded.folder import free_port

SERVICES = ("intake", "referral", "metrics")
PARTS = ("web", "worker")


def tsunagi(environment: Mapping[str, str], *arguments: str) -> str:
    """What a `tsunagi` command prints."""
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.stdout.strip()


class Process:
    """One `tsunagi …` process that answers on a port."""

    def __init__(self, arguments: list[str], port: int, environment: Mapping[str, str]) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self._command = [sys.executable, "-m", "deploy.cli", *arguments, "--port", str(port)]
        self._environment = {**os.environ, **environment, "TSUNAGI_LOG": "warning"}
        self._printed = tempfile.TemporaryFile("a+", encoding="utf-8")  # noqa: SIM115  closed in close()
        self.start()

    def start(self) -> None:
        """Start it, without waiting."""
        self._child = subprocess.Popen(
            self._command,
            env=self._environment,
            stdout=self._printed,
            stderr=subprocess.STDOUT,
        )

    def wait_ready(self, path: str = "/readyz") -> None:
        """Wait until it answers this path with 200."""
        for _ in range(300):
            if self._child.poll() is not None:
                raise AssertionError(f"it ended: {self.output()}")
            try:
                if httpx.get(f"{self.url}{path}", trust_env=False).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"{self._command} is not ready")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._child.kill()
        self._child.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Ask it to end, and wait; gives its exit code."""
        if self._child.poll() is None:
            self._child.send_signal(number)
        return self._child.wait(timeout=60)

    def wait(self) -> int:
        """Wait until it ends by itself; gives its exit code."""
        return self._child.wait(timeout=60)

    def output(self) -> str:
        """Everything that it printed until now."""
        self._printed.seek(0)
        return self._printed.read()

    def close(self) -> None:
        """Stop it, and forget what it printed."""
        self.stop()
        self._printed.close()


@contextmanager
def running_processes(environment: Mapping[str, str]) -> Iterator[dict[tuple[str, str], Process]]:
    """Web and worker of each service, ready."""
    started = {
        (service, part): Process(["serve", service, f"--{part}"], free_port(), environment)
        for service in SERVICES
        for part in PARTS
    }
    try:
        for process in started.values():
            process.wait_ready()
        yield started
    finally:
        for process in started.values():
            process.close()
