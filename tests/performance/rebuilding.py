"""How long `tsunagi rebuild metrics` takes beside one recount in SQL, and in how much memory.

By itself: `python -m tests.performance.rebuilding 1000000`.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from deploy.databases import migrate_all
from deploy.embedded.servers import EmbeddedServers
from services.metrics.usecases.keep_rules import keep_rules
from shared.database import AS_SERVICE, SERVICE, make_engine, transaction
from shared.messaging.stream import stream_name
from shared.plan import Plan, load_plan
from shared.settings import load_settings
from tests.performance.recorded import write_logs
from tests.performance.table import Line, markdown

EVENTS = 200_000
#: The size that the goal in seconds is for.
FULL = 1_000_000
SECONDS_GOAL = 120
SQL_GOAL = 4
MEMORY_GOAL = 1.5
TABLES = (
    *("consultation_fact", "leg_fact", "activity_fact", "figure_fact", "holder_change"),
    "contribution",
)
_RECOUNT = Path(__file__).with_name("recount.sql")


def _topics(plan: Plan, group: str) -> list[str]:
    return [topic.id for topic in plan.topics.values() if topic.group == group]


class _Bench:
    """The servers, and logs of one size that were read to their ends."""

    def __init__(self, environment: dict[str, str], plan: Plan, events: int) -> None:
        self._environment = environment
        self._owner_url = environment["METRICS_OWNER_DATABASE_URL"]
        self._plan = plan
        places = write_logs(environment, plan, events)
        asyncio.run(self._keep_rules())
        with psycopg.connect(self._owner_url, options=AS_SERVICE) as connection:
            connection.execute("TRUNCATE stream_cursor")
            for producer, place in places.items():
                row = [stream_name(producer, 0), place]
                connection.execute("INSERT INTO stream_cursor VALUES (%s, %s)", row)

    async def _keep_rules(self) -> None:
        engine = make_engine(self._owner_url, pool_size=1)
        async with transaction(engine, SERVICE) as connection:
            await keep_rules(connection, self._plan, datetime.now(UTC))
        await engine.dispose()

    def rebuild(self, *options: str) -> tuple[float, float, float]:
        """The command in a process of its own: seconds, those of a processor that it used itself,
        and the most memory it had, in MB.
        """
        command = [sys.executable, "-m", "deploy.cli", "rebuild", "metrics", *options]
        environment = {**os.environ, **self._environment}
        begun = time.perf_counter()
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
            spent = time.perf_counter() - begun
            output.seek(0)
            words = output.read().decode()
        if child.returncode:
            raise RuntimeError(words)
        return spent, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024

    def prepare_sql(self) -> None:
        """Both logs as one table in the metrics database; that time is not counted."""
        with psycopg.connect(self._owner_url, options=AS_SERVICE) as connection:
            connection.execute("DROP SCHEMA IF EXISTS plain CASCADE")
            connection.execute("CREATE SCHEMA plain")
            connection.execute(
                "CREATE TABLE plain.told (number bigint GENERATED ALWAYS AS IDENTITY,"
                " type text, subject uuid, event text)"
            )
            for producer in ("INTAKE", "REFERRAL"):
                url = self._environment[f"{producer}_OWNER_DATABASE_URL"]
                out = "COPY (SELECT type, subject, event FROM outbox ORDER BY position) TO STDOUT"
                put = "COPY plain.told (type, subject, event) FROM STDIN"
                with (
                    psycopg.connect(url, options=AS_SERVICE) as log,
                    log.cursor().copy(out) as rows,
                    connection.cursor().copy(put) as copy,
                ):
                    for block in rows:
                        copy.write(block)
            for table in TABLES:
                connection.execute(
                    f"CREATE TABLE plain.{table} (LIKE public.{table}"
                    " INCLUDING ALL EXCLUDING INDEXES)"
                )
                key = {"holder_change": "event_id", "contribution": "number"}.get(table, "id")
                connection.execute(f"ALTER TABLE plain.{table} ADD PRIMARY KEY ({key})")
        with psycopg.connect(self._owner_url, autocommit=True, options=AS_SERVICE) as connection:
            connection.execute("VACUUM ANALYZE plain.told")

    def recount(self) -> float:
        """Seconds of the recount in SQL."""
        words = {
            "council": [a.id for a in self._plan.agencies.values() if a.kind == "council"],
            "hardship": _topics(self._plan, "hardship"),
            "residents": _topics(self._plan, "resident-activity"),
        }
        script = _RECOUNT.read_text(encoding="utf-8")
        with psycopg.connect(self._owner_url, options=AS_SERVICE) as connection:
            for name, values in words.items():
                listed = ", ".join(f"'{value}'" for value in values)
                script = script.replace(f":{name}", f"ARRAY[{listed}]")
            begun = time.perf_counter()
            connection.execute("SET timezone = 'UTC'")
            connection.execute(script)
            connection.commit()
            return time.perf_counter() - begun

    def check(self) -> None:
        """Both must have stored the same rows."""
        with psycopg.connect(self._owner_url, options=AS_SERVICE) as connection:
            for table in TABLES:
                found = [_digest(connection, f"{place}.{table}") for place in ("public", "plain")]
                if found[0] != found[1]:
                    raise RuntimeError(f"{table}: {found[0]} by the rebuild, {found[1]} by SQL")

    def end(self) -> None:
        """Leave the tables empty for others."""
        with psycopg.connect(self._owner_url, options=AS_SERVICE) as connection:
            connection.execute("DROP SCHEMA plain CASCADE")
            connection.execute("TRUNCATE stream_cursor, counting_rule")
            for table in TABLES:
                connection.execute(f"TRUNCATE {table}")
        for producer in ("INTAKE", "REFERRAL"):
            with psycopg.connect(
                self._environment[f"{producer}_OWNER_DATABASE_URL"], options=AS_SERVICE
            ) as connection:
                connection.execute("TRUNCATE outbox")


def _digest(connection: psycopg.Connection, table: str) -> Any:
    row = "to_jsonb(t) - 'number'" if table.endswith("contribution") else "to_jsonb(t)"
    query = sql.SQL("SELECT count(*), sum(jsonb_hash_extended({}, 0)) FROM {} AS t")
    place = sql.Identifier(*table.split("."))
    return connection.execute(query.format(sql.SQL(row), place)).fetchone()


def measure(environment: dict[str, str], events: int = EVENTS) -> list[Line]:
    """A small size for the memory, then the whole: live tables are full and equal each time."""
    plan = load_plan(load_settings(environment).tsunagi_plan)
    memory = {}
    for size in (events // 10, events):
        bench = _Bench(environment, plan, size)
        bench.rebuild("--accept-differences")
        spent, busy, memory[size] = bench.rebuild()
    bench.prepare_sql()
    in_sql = bench.recount()
    bench.check()
    bench.end()
    what = f"Rebuild of {events:,} events"
    few, many = memory[events // 10], memory[events]
    seconds = Line.most(what, spent, "s", SECONDS_GOAL * events / FULL)
    return [
        seconds,
        Line(f"{what}: processor time of the command itself", f"{busy:.1f} s"),
        Line(f"{what}: one recount in SQL", f"{in_sql:.1f} s"),
        Line.most(f"{what}: rebuild / recount in SQL", spent / in_sql, "times", SQL_GOAL),
        Line(f"{what}: most memory", f"{many:.0f} MB; of {events // 10:,} events {few:.0f} MB"),
        Line.most(f"{what}: memory / that of a tenth", many / few, "times", MEMORY_GOAL),
    ]


def main() -> None:
    """Measure this part alone, of the size that the argument says."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as place, EmbeddedServers(Path(place) / "var") as servers:
        migrate_all(servers.environment)
        sys.stdout.write(markdown(measure(servers.environment, events)))


if __name__ == "__main__":
    main()
