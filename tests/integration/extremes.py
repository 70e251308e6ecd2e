"""Days, moments and numbers at the ends of what can be written, and just beyond ours."""

DAYS = ("0001-01-01", "1899-12-31", "3000-01-01", "9999-12-31")
TIMES = (
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
)
NUMBERS = (0, -1, 1, 9999, 2**31, 2**63, 2**64, -(2**63) - 1, 10**98)
WRITTEN = (*DAYS, *map(str, NUMBERS), "9" * 5_000, "²", "１２")
