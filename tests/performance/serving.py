"""One service's web process by itself, to be measured."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from deploy.embedded.folder import free_port
from tests.performance.posting import wait_for_port


@contextmanager
def serving(environment: dict[str, str], service: str) -> Iterator[int]:
    """The port of a service's web process, as `tsunagi serve SERVICE --web` runs it."""
    port = free_port()
    serve = ["serve", service, "--web", "--port", str(port)]
    command = [sys.executable, "-m", "deploy.cli", *serve]
    process = subprocess.Popen(command, env=os.environ | environment | {"TSUNAGI_LOG": "warning"})
    try:
        wait_for_port(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(30)
