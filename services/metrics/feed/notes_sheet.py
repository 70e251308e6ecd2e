"""The sheet of what happened: laws, desks, changed rules, and where a series breaks."""

from services.metrics.domain.published import Note, Published
from services.metrics.feed.book import Book
from services.metrics.feed.words import BREAK, NOTE_KINDS

_HEAD = ("日", "種類", "指標ID", "指標", "できごと", "前後の比較")


def notes_sheet(book: Book, document: Published) -> None:
    """One row for each indicator that a note is about, in the order of their days."""
    names = {line.id: line.name for line in document.lines}
    rows = [
        (note.on, NOTE_KINDS[note.kind], one, names.get(one, one), note.words, _compared(note))
        for note in document.notes
        for one in note.indicators
    ]
    book.table("できごと", _HEAD, rows)


def _compared(note: Note) -> str:
    return f"{BREAK} 比べられません" if note.breaks else "比べられます"
