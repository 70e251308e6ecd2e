"""Whose records a query may give, as a condition; row-level security holds the same (ADR 23)."""

from sqlalchemy import Column, ColumnElement


def written_by(desk: str | None, column: Column[str]) -> ColumnElement[bool]:
    """Rows of this desk; None are those of managers, who report for no desk."""
    return column.is_(None) if desk is None else column == desk
