"""What a knock at a door leaves in the audit trails, beside what the routes say that it does."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module

import psycopg

from deploy.databases import NAMES
from deploy.serving import SERVICES
from shared.audit.acts import ACTS
from shared.database import AS_SERVICE
from shared.web.auditing import Audited
from tests.matrix.calls import knock, routes_of
from tests.matrix.city import PEOPLE, SIDES, City

#: Its address names a release, and none was made here.
_WITHOUT_RECORD = {"GET /metrics/year-end/{number}/{paper}"}
#: Routes that only look, though a form is sent to them.
_ASKING = ("/search", "/referral/voids")

Row = tuple[str, str, str]
Table = Mapping[tuple[str, str], list[str]]


class Trails:
    """All four trails; `new` are the rows since it was last asked: act, outcome and who."""

    def __init__(self, connections: list[psycopg.Connection[Row]]) -> None:
        self._connections = connections
        self._seen = [0] * len(connections)
        self.new()

    def new(self) -> list[Row]:
        """The rows that nobody has asked for yet, of each database."""
        found: list[Row] = []
        for place, connection in enumerate(self._connections):
            query = "SELECT act, outcome, who FROM audit ORDER BY id OFFSET %s"
            rows = connection.execute(query, [self._seen[place]]).fetchall()
            self._seen[place] += len(rows)
            found += rows
        return found


@contextmanager
def trails(servers: Mapping[str, str]) -> Iterator[Trails]:
    """The trails, with a connection to each until the block ends."""
    with ExitStack() as stack:
        yield Trails(
            [
                stack.enter_context(
                    psycopg.connect(
                        servers[f"{name.upper()}_DATABASE_URL"],
                        options=AS_SERVICE,
                        autocommit=True,
                    )
                )
                for name in NAMES
            ]
        )


def _audited() -> dict[str, Audited]:
    tables = [import_module(f"services.{name}.pages.audited").AUDITED for name in SERVICES]
    return {
        route: one for table in tables for route, one in table.items() if isinstance(one, Audited)
    }


async def readings(city: City, table: Table, found: Trails) -> tuple[int, list[str]]:
    """Call every reading route as a person who may: how many have an act, and every fault."""
    audited, called, faults = _audited(), 0, []
    for method, path in routes_of(city.apps):
        cells, one = table[method, path][0], audited.get(f"{method} {path}")
        sides = [side for side in PEOPLE if cells[SIDES.index(side)] == "o"]
        if not sides or (method != "GET" and not path.endswith(_ASKING)):
            continue
        await knock(city, method, path, sides[0], city.ordinary, in_earnest=True)
        expected = one is not None and f"{method} {path}" not in _WITHOUT_RECORD
        wanted = [(one.act, "done", f"side-{sides[0].lower()}")] if one and expected else []
        called += len(wanted)
        said = found.new()
        if said != wanted:
            faults.append(f"{method} {path}: {said}, not {wanted}")
    return called, faults


async def refusals(city: City, table: Table, found: Trails) -> tuple[int, list[str]]:
    """Call every route that is not a stranger's: how many have an act, and every fault."""
    audited, called, faults = _audited(), 0, []
    for method, path in routes_of(city.apps):
        one = audited.get(f"{method} {path}")
        refused = table[method, path][0][SIDES.index("X")] in "-x"
        if one is None or not refused or one.act not in ACTS:
            continue
        await knock(city, method, path, "X", city.ordinary, in_earnest=True)
        called += 1
        said = found.new()
        if said != [(one.act, "refused", "side-x")]:
            faults.append(f"{method} {path}: {said}")
    return called, faults
