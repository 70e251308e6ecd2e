"""Sixteen clients that post consultations over kept connections, in a process of their own."""

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from statistics import quantiles
from uuid import uuid4

import uvloop

from tests.world import consultation

CLIENTS = 16
PATH = "/intake/api/consultations"


@dataclass(frozen=True, slots=True)
class Load:
    """What the clients saw: answers per second, and how long one took in milliseconds."""

    answers: int
    rate: float
    median: float
    p95: float


class _Client:
    """One kept connection; hand-written, so that the clients' own work stays small."""

    def __init__(self, port: int, token: str) -> None:
        body = json.dumps(consultation()).encode()
        self._port = port
        self._tail = b"\r\n\r\n" + body
        self._head = (
            f"POST {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\nIdempotency-Key: "
        ).encode()
        self.took: list[float] = []

    async def run(self, ends: float) -> None:
        """Post until this moment, one consultation after the other."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        while (begun := time.monotonic()) < ends:
            writer.write(self._head + str(uuid4()).encode() + self._tail)
            answer = await reader.readuntil(b"\r\n\r\n")
            length = answer.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            body = await reader.readexactly(int(length))
            if not answer.startswith(b"HTTP/1.1 201"):
                raise RuntimeError(f"refused: {answer[:15]!r} {body[:300]!r}")
            self.took.append(time.monotonic() - begun)
        writer.close()
        await writer.wait_closed()


async def _load(port: int, token: str, seconds: float) -> Load:
    clients = [_Client(port, token) for _ in range(CLIENTS)]
    begun = time.monotonic()
    await asyncio.gather(*(client.run(begun + seconds) for client in clients))
    spent = time.monotonic() - begun
    took = [one * 1000 for client in clients for one in client.took]
    cuts = quantiles(took, n=20)
    return Load(len(took), len(took) / spent, cuts[9], cuts[18])


def apply_load(port: int, token: str, seconds: float) -> Load:
    """Run the clients in a process of their own."""
    command = [sys.executable, "-m", "tests.performance.load", str(port), str(seconds)]
    done = subprocess.run(command, input=token, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return Load(**json.loads(done.stdout))


def main() -> None:
    """Apply the load that the arguments ask for; the token comes on standard input."""
    port, seconds = int(sys.argv[1]), float(sys.argv[2])
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        seen = runner.run(_load(port, sys.stdin.read(), seconds))
    sys.stdout.write(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
