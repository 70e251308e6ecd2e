"""Who may do what in Redis: one user for each kind of process, written as an ACL file.

`python -m deploy.redis_users` prints the file's template, which `deploy/redis/users.acl` keeps.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from shared.contracts import CONTRACTS, READERS

#: Every client says hello and asks whether the server is there; neither touches a key.
_GREETING = ("ping", "client|setinfo", "client|setname")
#: The relay appends by a script, whose own commands are checked as the user's too.
_RELAYING = ("eval", "evalsha", "exists", "xinfo|stream", "xadd")
#: A log that holds words has its stream deleted when they were kept for long enough.
_FORGETTING = ("del",)
_READING = ("xreadgroup", "xack", "xpending", "xinfo|stream", "xgroup|create", "xgroup|setid")
_LOOKING = ("xinfo|stream", "xpending")

WORKERS = ("intake", "referral", "metrics")
#: Those whose log holds what somebody wrote.
_WITH_WORDS = frozenset(contract.producer for contract in CONTRACTS if contract.words)
#: Kinds of processes, as in the names of their settings (`WEB_REDIS_URL`).
PROCESSES = ("web", *WORKERS, "doctor")
#: For people who mend something by hand; no process has its password.
OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Right:
    """These commands on the streams of one producer (`*` for every one)."""

    commands: tuple[str, ...]
    producer: str

    def words(self) -> str:
        """The right as a selector: its commands count on its keys alone."""
        allowed = " ".join(f"+{command}" for command in self.commands)
        return f"(-@all {allowed} resetchannels ~ev:{{{self.producer}.*}})"


def _of_worker(service: str) -> tuple[Right, ...]:
    relay: tuple[Right, ...] = (Right(_RELAYING, service),) if service in READERS else ()
    if service in _WITH_WORDS:
        relay += (Right(_FORGETTING, service),)
    readers = tuple(
        Right(_READING, producer) for producer, groups in READERS.items() if service in groups
    )
    return relay + readers


#: What each process may do beyond the greeting. A web process only asks whether Redis is there.
RIGHTS: Mapping[str, tuple[Right, ...]] = {
    "web": (),
    **{service: _of_worker(service) for service in WORKERS},
    "doctor": (Right(_LOOKING, "*"),),
}


def user_name(process: str) -> str:
    """The name of a process's user."""
    return f"tsunagi-{process}"


def process_users(hashes: Mapping[str, str]) -> list[str]:
    """A line for each process's user; `hashes` holds the SHA-256 of each one's password."""
    greeting = " ".join(f"+{command}" for command in _GREETING)
    lines = []
    for process in PROCESSES:
        # Loading a script names no key, and the script does only what its user may.
        relays = any(one.commands == _RELAYING for one in RIGHTS[process])
        more = " +script|load" if relays else ""
        rights = "".join(f" {one.words()}" for one in RIGHTS[process])
        lines.append(
            f"user {user_name(process)} reset on #{hashes[process]} -@all {greeting}{more}{rights}"
        )
    return lines


def acl_file(hashes: Mapping[str, str]) -> str:
    """The whole ACL file, in which nobody comes in without a name."""
    operator = f"user {OPERATOR} reset on #{hashes[OPERATOR]} ~* &* +@all"
    return "\n".join(["user default reset off", operator, *process_users(hashes)]) + "\n"


def hashed(passwords: Mapping[str, str]) -> dict[str, str]:
    """Each password as an ACL file holds it; they are random, so that a plain SHA-256 serves."""
    return {name: hashlib.sha256(word.encode()).hexdigest() for name, word in passwords.items()}


def template() -> str:
    """The ACL file with `@name@` in the place of each hash."""
    return acl_file({name: f"@{name}@" for name in (OPERATOR, *PROCESSES)})


if __name__ == "__main__":
    print(template(), end="")
