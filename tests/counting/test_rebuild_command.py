"""`tsunagi rebuild metrics`, as an operator types it: what it says, what it refuses to do."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from random import Random
from typing import LiteralString

import psycopg
import pytest

from services.metrics.domain.counted import COUNTED
from services.metrics.usecases.keep_rules import keep_rules
from shared.contracts import CONTRACTS
from shared.database import AS_SERVICE, SERVICE, transaction
from shared.messaging.event import Cause, Event
from shared.plan import Plan
from tests.counting.history import City
from tests.counting.rebuilding import counted, envelopes, leftovers, read_live, runtime, write_log
from tests.integration.trail import acts

_COMMAND = [sys.executable, "-m", "deploy.cli", "rebuild", "metrics"]
_NOW = datetime(2029, 4, 1, tzinfo=UTC)
_WORDS = {
    "agency": "csw",
    "at": _NOW,
    "authorised_by": "課長",
    "clock": "accept-normal",
    "code": None,
    "desk": "csw",
    "due_at": _NOW,
    "joins": False,
    "reason": "つなぐ",
    "stands": False,
    "to": ["csw"],
}
_SOME_FIGURE = """
    SELECT indicator, fiscal_year, sum(quantity), count(*) FROM contribution
    WHERE role = 'flow' AND part IS NULL GROUP BY 1, 2 ORDER BY 1, 2 LIMIT 1
"""


def _uncounted(city: City, producer: str) -> list[Event]:
    """An event of each contract of this log that no figure follows from, about the first leg."""
    words = city.referral[0].data.model_dump() | _WORDS
    if producer == "intake":
        words["lead"] = None
    contracts = [one for one in CONTRACTS if one.producer == producer and one not in COUNTED]
    assert contracts
    return [
        Event.of(
            one.model_validate({name: words[name] for name in one.model_fields}),
            subject=city.referral[0].subject,
            time=_NOW,
            cause=Cause("", ""),
        )
        for one in contracts
    ]


@pytest.fixture
def city(environment: dict[str, str], plan: Plan) -> City:
    """A city with some of everything, read and counted."""
    city, random = City(plan, 7), Random(7)
    logs = {
        producer: write_log(environment, producer, envelopes([*told, *_uncounted(city, producer)]))
        for producer, told in (("intake", city.intake), ("referral", city.referral))
    }

    async def read() -> None:
        async with runtime(environment) as engine:
            async with transaction(engine, SERVICE) as connection:
                await keep_rules(connection, plan, _NOW)
            await read_live(engine, plan, logs, random)

    asyncio.run(read())
    return city


def _run(environment: dict[str, str], *options: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own: it sets up the logs and the memory of the whole process."""
    return subprocess.run(
        [*_COMMAND, *options],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def _plant(environment: dict[str, str], statement: LiteralString, *words: object) -> None:
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        connection.execute(statement, words)


@pytest.mark.usefixtures("city")
def test_equal_figures_change_places_and_it_says_so(environment: dict[str, str]) -> None:
    before = counted(environment)
    done = _run(environment)
    assert done.returncode == 0, done.stdout
    assert "記録を読んでいます" in done.stdout
    assert "指標ごとに数えています" in done.stdout
    assert done.stdout.endswith("今の数値とすべて同じでした。\n入れ替えました。\n")
    assert ("metrics-rebuild", "done", None) in acts(environment, "metrics")
    assert counted(environment) == before


@pytest.mark.usefixtures("city")
def test_equal_figures_that_both_lack_a_record_are_not_called_whole(
    environment: dict[str, str],
) -> None:
    _plant(
        environment,
        "INSERT INTO dead_letter (stream, position, event, state, error, attempts)"
        " VALUES ('ev:{intake.0}', 1000000, '{}', 'failed', 'unknown type', 1)",
    )
    done = _run(environment)
    assert done.returncode == 0, done.stdout
    assert "今の数値とすべて同じでした。\nまだ数えていない記録が1件あります。" in done.stdout
    assert "tsunagi dead-letters list metrics" in done.stdout


@pytest.mark.usefixtures("city")
def test_a_planted_difference_is_listed_and_swapped_only_if_accepted(
    environment: dict[str, str],
) -> None:
    right = counted(environment)
    with psycopg.connect(
        environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        figure = connection.execute(_SOME_FIGURE).fetchone()
        fact = connection.execute("SELECT id FROM activity_fact ORDER BY id LIMIT 1").fetchone()
    assert figure is not None
    assert fact is not None
    (indicator, year, value, records), [gone] = figure, fact
    _plant(
        environment,
        "UPDATE contribution SET quantity = quantity + 7 WHERE number = (SELECT min(number)"
        " FROM contribution WHERE indicator = %s AND fiscal_year = %s AND part IS NULL)",
        indicator,
        year,
    )
    _plant(environment, "DELETE FROM activity_fact WHERE id = %s", gone)
    _plant(
        environment,
        "UPDATE consultation_fact SET caller = 'nobody'"
        " WHERE id = (SELECT max(id::text)::uuid FROM consultation_fact)",
    )
    _plant(
        environment,
        "INSERT INTO unmet_need VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(),"
        " 'none', NULL, now())",
    )
    wrong = counted(environment)

    refused = _run(environment)
    assert refused.returncode == 1
    assert [row[0] for row in acts(environment, "metrics")][-1] == "exact-read"
    assert (
        f"{indicator} {year}年度（第1版の数え方）:"
        f" 今 {value + 7}（{records} 件） → 数えなおし {value}（{records} 件）"
    ) in refused.stdout
    assert "違う数値: 1\n" in refused.stdout
    assert "違う記録: 3\n" in refused.stdout
    assert f"活動 {gone} 今の記録にありません" in refused.stdout
    assert "中身が違います" in refused.stdout
    assert "数えなおした記録にありません" in refused.stdout
    assert "入れ替えていません" in refused.stdout
    assert counted(environment) == wrong
    assert not leftovers(environment)

    accepted = _run(environment, "--accept-differences")
    assert accepted.returncode == 0
    assert "違う記録: 3\n" in accepted.stdout
    assert accepted.stdout.endswith("入れ替えました。\n")
    assert counted(environment) == right


@pytest.mark.usefixtures("city")
def test_a_record_counted_under_another_desk_is_a_difference(environment: dict[str, str]) -> None:
    _plant(
        environment,
        "UPDATE contribution SET desk = 'elsewhere' WHERE number = (SELECT min(number)"
        " FROM contribution WHERE role = 'flow')",
    )
    done = _run(environment)
    assert done.returncode == 1
    assert "合計は同じで、内訳が違います。" in done.stdout


@pytest.mark.usefixtures("city")
def test_a_log_that_lacks_what_was_counted_is_said_and_nothing_changes(
    environment: dict[str, str],
) -> None:
    before = counted(environment)
    with psycopg.connect(
        environment["INTAKE_OWNER_DATABASE_URL"], options=AS_SERVICE
    ) as connection:
        connection.execute("DELETE FROM outbox WHERE position = 2")
    done = _run(environment, "--accept-differences")
    assert done.returncode == 1
    assert "記録が途中までしかありません" in done.stdout
    assert counted(environment) == before
    assert not leftovers(environment)


def test_without_the_owners_address_it_says_which_is_missing(environment: dict[str, str]) -> None:
    done = _run({**environment, "METRICS_OWNER_DATABASE_URL": ""})
    assert done.returncode == 1
    assert "METRICS_OWNER_DATABASE_URL" in done.stdout


@pytest.mark.usefixtures("city")
def test_one_killed_in_the_middle_is_in_nobodys_way(environment: dict[str, str]) -> None:
    before = counted(environment)
    held = psycopg.connect(environment["METRICS_OWNER_DATABASE_URL"], options=AS_SERVICE)
    held.execute("SELECT pg_advisory_lock(hashtextextended('counting', 0))")
    with subprocess.Popen(
        _COMMAND, env={**os.environ, **environment}, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        while "比べています" not in (line := running.stdout.readline()):
            assert line, "it ended by itself"
        second = _run(environment)
        assert second.returncode == 1
        assert "別の数えなおしが動いています" in second.stdout
        running.send_signal(signal.SIGKILL)
    held.close()
    assert leftovers(environment)
    assert counted(environment) == before

    ends = time.monotonic() + 30
    while (done := _run(environment)).returncode != 0:  # until the server has missed the first one
        assert time.monotonic() < ends, done.stdout
    assert not leftovers(environment)
    assert counted(environment) == before
