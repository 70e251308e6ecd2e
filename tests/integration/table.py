"""The transition table of a leg, written once more from the rules: what each side may do when."""

LIVE = {"offered", "accepted", "supporting"}
AT_WORK = {"accepted", "supporting"}
ENDED = {"returned", "withdrawn", "handed-on", "closed"}
STATES = LIVE | ENDED | {"void"}

#: Action: the states it can be done in, who may, and the state that follows (None: unchanged).
TABLE: dict[str, tuple[set[str], set[str], str | None]] = {
    "accept": ({"offered"}, {"receiver"}, "accepted"),
    "return": ({"offered"}, {"receiver"}, "returned"),
    "withdraw": ({"offered"}, {"sender", "holder", "coordinator"}, "withdrawn"),
    "contacts": (AT_WORK, {"receiver"}, "supporting"),
    "confirm": (AT_WORK, {"receiver"}, None),
    "check-in": (AT_WORK, {"receiver"}, None),
    "assign": (LIVE, {"receiver"}, None),
    "hand-on": (AT_WORK, {"receiver"}, None),
    "close": (AT_WORK, {"receiver"}, "closed"),
    "reopen": ({"returned", "withdrawn", "closed"}, {"holder", "coordinator"}, "offered"),
    "void": (STATES - {"void"}, {"administrator"}, "void"),
}


def follows(action: str, state: str, sides: set[str]) -> str | None:
    """The state after this act; None where it is refused."""
    states, who, to = TABLE[action]
    if state not in states or not who & sides:
        return None
    return to or state


def allowed(state: str, sides: set[str]) -> set[str]:
    """What these sides may do to a leg in this state."""
    return {action for action in TABLE if follows(action, state, sides) is not None}
