"""How long the inbox page takes on the server with 100,000 open legs, beside one with 100."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

import httpx
import psycopg

from shared.database import AS_SERVICE
from shared.identity.principal import Role
from tests.performance.posting import make_token
from tests.performance.serving import serving
from tests.performance.table import Line

MANY, FEW = 100_000, 100
VIEWS = 15
GOAL = 200.0
#: Receiver to how many open legs it has; both lie in the same tables.
INBOXES = {"csw": MANY, "houkatsu": FEW}
VIEWS_OF = {
    "inbox page": "/referral/inbox",
    "emergencies alone": "/referral/inbox?urgency=emergency",
    "one topic, one sender": "/referral/inbox?topic=debt&sender=hoiku",
    "list of cases": "/referral/cases",
}

_FILL = """
WITH made AS (
    SELECT n, gen_random_uuid() AS case_id, gen_random_uuid() AS asked_id,
        now() - interval '30 days' + n * interval '20 seconds' AS at
    FROM generate_series(1, %(number)s) AS n
), asked AS (
    INSERT INTO consultation
        (id, case_id, desk, revision, received_at, topics, urgency, facts)
    SELECT asked_id, case_id, 'shakyo-sogo', 1, at,
        ARRAY[CASE WHEN n %% 20 = 0 THEN 'debt' ELSE 'isolation' END],
        CASE WHEN n %% 50 = 0 THEN 'emergency' WHEN n %% 5 = 0 THEN 'soon' ELSE 'normal' END,
        '{"age_band": "40s"}'
    FROM made
), opened AS (
    INSERT INTO support_case (id, consultation_id, desk, holder, opened_at, idle_since)
    SELECT case_id, asked_id, 'shakyo-sogo', 'shakyo-sogo', at, at FROM made
)
INSERT INTO leg (id, case_id, sender, receiver, lead, state, reason, basis, mode, authorised_by,
    offered_at, due_at, acted_at, accepted_at)
SELECT gen_random_uuid(), case_id, CASE WHEN n %% 10 = 0 THEN 'hoiku' ELSE 'shakyo-sogo' END,
    %(receiver)s, n %% 4 > 0, CASE WHEN n %% 2 = 0 THEN 'offered' ELSE 'supporting' END,
    'reason', 'consent', 'phone', 'staff', at, at + interval '20 days', at,
    CASE WHEN n %% 2 = 0 THEN NULL ELSE at END
FROM made
"""


def _fill(environment: dict[str, str]) -> None:
    with psycopg.connect(
        environment["REFERRAL_OWNER_DATABASE_URL"], autocommit=True, options=AS_SERVICE
    ) as owner:
        for receiver, number in INBOXES.items():
            owner.execute(_FILL, {"receiver": receiver, "number": number})
        owner.execute("VACUUM ANALYZE")


@contextmanager
def _visitor(port: int, token: str) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {token}"}
    base = f"http://127.0.0.1:{port}"
    with httpx.Client(base_url=base, headers=headers, timeout=60, trust_env=False) as client:
        yield client


def _view(client: httpx.Client, path: str) -> float:
    """Milliseconds for one page, answered by a process that does nothing else."""
    begun = time.perf_counter()
    answer = client.get(path)
    if answer.status_code != 200:
        raise RuntimeError(f"{path}: {answer.status_code}")
    return (time.perf_counter() - begun) * 1000


def measure(environment: dict[str, str]) -> list[Line]:
    """Views of the large and the small inbox in turn; ratios are taken inside each round."""
    _fill(environment)
    lines = []
    with (
        serving(environment, "referral") as port,
        _visitor(port, make_token(environment, Role.AGENCY, "csw")) as large,
        _visitor(port, make_token(environment, Role.AGENCY, "houkatsu")) as small,
    ):
        for words, path in VIEWS_OF.items():
            for client in (large, small):
                _view(client, path)
            pairs = [(_view(large, path), _view(small, path)) for _ in range(VIEWS)]
            took = median(mine for mine, _ in pairs)
            ratio = median(mine / theirs for mine, theirs in pairs)
            what = f"{MANY:,} open legs: {words}"
            inbox = path.startswith("/referral/inbox")
            plain = Line(what, f"{took:.1f} ms")
            lines.append(Line.most(what, took, "ms", GOAL) if inbox else plain)
            lines.append(Line.ratio(f"{words}: {MANY:,} legs / {FEW} legs, time", ratio, None))
    return lines
