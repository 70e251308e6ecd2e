"""A message that did not arrive."""


class Undelivered(Exception):
    """`kind` is one of `domain/delivering.py: FAILURES`; nothing of the answer is kept."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
