"""What is wrong with a plan's folder: every fault at once, each with its file, row and reason."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanFault:
    """One fault. `row` is the line in the file, or None when the whole file is meant."""

    file: str
    row: int | None
    reason: str

    def __str__(self) -> str:
        place = self.file if self.row is None else f"{self.file} の {self.row} 行目"
        return f"{place}: {self.reason}"


class PlanError(Exception):
    """The plan cannot be used. The message lists every fault, one a line."""

    def __init__(self, faults: list[PlanFault]) -> None:
        super().__init__("計画のデータを確認してください。\n" + "\n".join(map(str, faults)))
        self.faults = tuple(faults)
