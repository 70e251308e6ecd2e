"""Who stands at the door: from where, with which browser, and what it was given before."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser that asks to come in. `session` and `device` are secrets, empty without one."""

    address: str
    browser: str
    session: str = ""
    device: str = ""
