"""`make bench`: measure everything, print the table and keep it in docs/benchmarks.md."""

import os
import platform
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import psycopg
import redis

from deploy.databases import migrate_all
from deploy.embedded.servers import EmbeddedServers
from shared.database import AS_SERVICE
from shared.japanese_time import JST
from tests.performance import (
    consuming,
    dashboard,
    guarding,
    inbox,
    posting,
    rebuilding,
    starting,
)
from tests.performance.load import CLIENTS
from tests.performance.table import Line, markdown
from tests.privacy.sentences import sentences

REPORT = Path(__file__).parents[2] / "docs/benchmarks.md"

_REPORT = """# Benchmarks

{day}, {machine}.

`make bench` measured and wrote this:

{table}
## How it is measured

Rates depend on the machine; ratios are taken between contestants in turn inside one run, and the
median round is shown. All servers are the embedded ones on loopback, PostgreSQL with fsync on.

- **POST**: the intake application in a process of its own, as `tsunagi serve intake --web` runs
  it; {clients} clients over kept connections in another process; every request has a new
  `Idempotency-Key`. "without outbox" is the same application with the same validation, token
  check, idempotency row and consultation row, but it keeps no event. "bare" is FastAPI and
  SQLAlchemy inserting the same row, without access control or idempotency. Afterwards the stored
  rows must be as many as the answers, or the run fails. Each request is a transaction of its own;
  PostgreSQL writes the commits of waiting transactions to disk together.
- **Consuming**: {events} events in the stream, read by the metrics service's own worker until its
  cursor is at the end. "plain loop" is redis-py and psycopg with one transaction for each batch of
  500, with SQL written for this one contract; both must store the same rows, or the run
  fails. "one by one" is a FastStream subscriber with one transaction for each of {single}
  messages, on the same use case.
- **Rebuild**: `tsunagi rebuild metrics` in a process of its own over {rebuilt} events of both logs,
  while the live tables are full and equal: reading, counting, comparing, swapping, and the start of
  the process. The recount in SQL reads the same logs, copied into one table beforehand, into the
  same facts and contributions with the same indexes (`tests/performance/recount.sql`); both must
  store the same rows, or the run fails. The goal in seconds is for 1,000,000 events and counted
  down in proportion; `--full` runs that size. Memory is the most that the process had.
- **Inbox**: one agency with {many} open legs and one with {few} in the same tables, the referral
  service's web process in a process of its own; a view is the whole answer over loopback, database
  and template included.
- **Dashboard**: one release that holds {years} fiscal years of the plan's 40 rows, the metrics
  service's web process in a process of its own; a view is the whole answer over loopback, database
  and template included. Nothing of a page is kept between views.
- **`make run`**: `tsunagi up --no-demo` with a new data folder, until `/sign-in` answers 200.
  Memory is the proportional set size of all its processes and both embedded servers.
- **Guard**: {sentences} sentences of our own in `tests/privacy`, each with one kind or clean; a
  third of each file is held out, and no rule was tuned on it. A sentence is found if its kind is.
  A clean one is flagged if it would be refused or asked about. Timed are memos of {pieces}
  sentences. Run this part alone with `.venv/bin/python -m tests.performance.guarding`.
"""


def _machine(environment: dict[str, str]) -> str:
    with psycopg.connect(environment["INTAKE_DATABASE_URL"], options=AS_SERVICE) as connection:
        postgres = connection.info.parameter_status("server_version")
        fsync = connection.execute("SHOW fsync").fetchone()
    client = redis.Redis.from_url(environment["REDIS_URL"])
    server = client.info("server")
    client.close()
    store = server.get("valkey_version") or server["redis_version"]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores {platform.machine()}, {memory:.0f} GB, {platform.system()},"
        f" Python {platform.python_version()}, PostgreSQL {postgres} (fsync {(fsync or '?')[0]}),"
        f" Valkey {store}"
    )


def _measure(rebuilt: int) -> tuple[str, list[Line]]:
    with tempfile.TemporaryDirectory() as place, EmbeddedServers(Path(place) / "var") as servers:
        migrate_all(servers.environment)
        machine = _machine(servers.environment)
        lines = posting.measure(servers.environment) + consuming.measure(servers.environment)
        lines += rebuilding.measure(servers.environment, rebuilt)
        lines += inbox.measure(servers.environment)
        lines += dashboard.measure(servers.environment)
    return machine, lines + starting.measure() + guarding.measure()


def main() -> None:
    """Measure, print, keep."""
    rebuilt = rebuilding.FULL if "--full" in sys.argv[1:] else rebuilding.EVENTS
    machine, lines = _measure(rebuilt)
    table = markdown(lines)
    sys.stdout.write(table)
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(
        _REPORT.format(
            day=datetime.now(JST).date(),
            machine=machine,
            table=table,
            clients=CLIENTS,
            events=f"{consuming.EVENTS:,}",
            rebuilt=f"{rebuilt:,}",
            single=consuming.SINGLE_EVENTS,
            many=f"{inbox.MANY:,}",
            few=inbox.FEW,
            years=dashboard.YEARS,
            sentences=len(sentences()),
            pieces=guarding.PIECES,
        ),
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
