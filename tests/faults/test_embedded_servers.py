"""The embedded servers heal what a crash left behind, or say clearly what is wrong."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from deploy.embedded.folder import ServersError, free_port
from deploy.embedded.servers import EmbeddedServers


def _write(servers: EmbeddedServers, value: int) -> None:
    with psycopg.connect(servers.postgres.admin_url) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value int)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])
    with redis.Redis.from_url(servers.valkey.url) as store:
        store.rpush("kept", value)


def _read(servers: EmbeddedServers) -> tuple[list[int], list[int]]:
    with psycopg.connect(servers.postgres.admin_url) as connection:
        rows = [row[0] for row in connection.execute("SELECT value FROM kept")]
    with redis.Redis.from_url(servers.valkey.url) as store:
        items = store.lrange("kept", 0, -1)
        assert isinstance(items, list)
        return rows, [int(item) for item in items]


def _pids(var: Path) -> list[int]:
    postgres = (var / "postgres/postmaster.pid").read_text().splitlines()[0]
    valkey = (var / "valkey/valkey.pid").read_text()
    return [int(postgres), int(valkey)]


def test_a_second_start_finds_its_data(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
    with EmbeddedServers(var) as servers:
        assert _read(servers) == ([7], [7])


def test_killed_servers_come_back_with_their_data(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
        with redis.Redis.from_url(servers.valkey.url) as store:
            store.wait(0, 0)
            store.execute_command("WAITAOF", 1, 0, 5000)
        for pid in _pids(var):
            os.kill(pid, signal.SIGKILL)
    assert (var / "postgres/postmaster.pid").exists()
    with EmbeddedServers(var) as servers:
        assert _read(servers) == ([7], [7])


_STARTER = """
import sys, time
from pathlib import Path
from deploy.embedded.servers import EmbeddedServers
with EmbeddedServers(Path(sys.argv[1])):
    print("ready", flush=True)
    time.sleep(600)
"""


def test_servers_that_a_killed_starter_left_running_are_taken_over(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
    with subprocess.Popen(
        [sys.executable, "-c", _STARTER, str(var)], stdout=subprocess.PIPE
    ) as starter:
        assert starter.stdout is not None
        assert starter.stdout.readline() == b"ready\n"
        starter.kill()
    running = _pids(var)
    assert all(psutil.pid_exists(pid) for pid in running)
    with EmbeddedServers(var) as servers:
        assert _read(servers) == ([7], [7])
        assert not any(psutil.pid_exists(pid) for pid in running)


def test_a_half_made_folder_is_made_anew(tmp_path: Path) -> None:
    var = tmp_path / "var"
    for name in ("postgres", "postgres.new", "valkey"):
        (var / name).mkdir(parents=True)
        (var / name / "half").write_text("made")
    (var / "servers.json").write_text('{"postgres_port": ')
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
        assert _read(servers) == ([7], [7])


def _servers_in(var: Path) -> list[str]:
    return [
        process.name()
        for process in psutil.process_iter(["cmdline"])
        if any(str(var) in word for word in process.info["cmdline"] or ())
    ]


@pytest.mark.parametrize("content", [None, '{"postgres_port": '])
def test_lost_passwords_are_told_and_nothing_is_left_running(
    tmp_path: Path, content: str | None
) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
    notes = var / "servers.json"
    kept = notes.read_text()
    if content is None:
        notes.unlink()
    else:
        notes.write_text(content)
    with (
        pytest.raises(ServersError, match=r"servers\.json がないか壊れていて"),
        EmbeddedServers(var),
    ):
        pass
    assert _servers_in(var) == []
    notes.write_text(kept)
    with EmbeddedServers(var) as servers:
        assert _read(servers) == ([7], [7])


def test_broken_data_is_told_and_nothing_is_left_running(tmp_path: Path) -> None:
    var = tmp_path / "var"
    (var / "postgres/base").mkdir(parents=True)
    (var / "postgres/PG_VERSION").write_text("18\n")
    with pytest.raises(ServersError, match="PostgreSQL が起動できません"), EmbeddedServers(var):
        pass
    assert _servers_in(var) == []


def test_a_server_that_ended_by_itself_is_started_again(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
        with redis.Redis.from_url(servers.valkey.url) as store:
            store.execute_command("WAITAOF", 1, 0, 5000)
        addresses = servers.environment
        assert servers.revive() == []
        for pid in _pids(var):
            os.kill(pid, signal.SIGKILL)
            psutil.wait_procs([psutil.Process(pid)] if psutil.pid_exists(pid) else [], timeout=10)
        assert servers.revive() == ["PostgreSQL", "Valkey"]
        assert servers.environment == addresses
        assert _read(servers) == ([7], [7])


def test_a_long_path_with_spaces_and_japanese_works(tmp_path: Path) -> None:
    var = tmp_path / ("とても長い フォルダー" * 5) / "var"
    assert len(os.fsencode(var)) > 107
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
        assert _read(servers) == ([7], [7])


def test_a_port_that_somebody_took_meanwhile_is_given_up(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        _write(servers, 7)
        ports = (servers.postgres.port, servers.valkey.port)
    taken = []
    for port in ports:
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        listener.listen()
        taken.append(listener)
    try:
        with EmbeddedServers(var) as servers:
            assert servers.postgres.port not in ports
            assert servers.valkey.port not in ports
            assert _read(servers) == ([7], [7])
    finally:
        for listener in taken:
            listener.close()


def test_two_starters_of_one_folder_do_not_meet(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with (
        EmbeddedServers(var),
        pytest.raises(ServersError, match="すでに動いています"),
        EmbeddedServers(var),
    ):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ServersError, match="書けません"), EmbeddedServers(tmp_path / "file/var"):
        pass


def test_the_addresses_are_for_this_account_alone(tmp_path: Path) -> None:
    var = tmp_path / "var"
    with EmbeddedServers(var) as servers:
        assert (var / "servers.json").stat().st_mode & 0o077 == 0
        without = servers.postgres.admin_url.replace(servers.postgres.password, "wrong")
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(without)
        with redis.Redis(port=servers.valkey.port) as stranger, pytest.raises(redis.RedisError):
            stranger.ping()


def test_no_outgoing_connection_takes_a_port_before_its_server_does() -> None:
    begins, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()
    assert all(1024 < free_port() < int(begins) for _ in range(20))
