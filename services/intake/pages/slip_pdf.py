"""The slip as a PDF of one A6 page."""

from datetime import datetime

from services.intake.domain.slip import Slip
from shared.handover_code import bare_digits
from shared.japanese_time import japanese_day
from shared.paper.qr import qr_of
from shared.paper.ruby import Line, Piece, plain
from shared.paper.sheet import A6, Sheet
from shared.plan import Plan
from shared.plan.slips import SLIP_LANGUAGES, face_language

_LEFT, _WIDTH, _BOTTOM = 9.0, 87.0, 8.0


def destination_line(agency: str, language: str, plan: Plan) -> Line:
    """An agency's name as it stands on its door, with its reading in やさしい日本語."""
    name = (Piece(plan.agency_name(agency)),)
    return plan.slips.readings.get(agency, name) if language == "ja-easy" else name


def slip_pdf(slip: Slip, language: str, plan: Plan, now: datetime) -> bytes:
    """The file. A neutral slip has the code, its QR and two lines, and nothing else."""
    words = plan.slips.words[language]
    said = words.neutral if slip.neutral else words
    face = face_language(language)

    def compose(sheet: Sheet) -> float:
        def line(text: Line, y: float, size: float, *, bold: bool = False) -> float:
            end = sheet.write(text, face, x=_LEFT, y=y, width=_WIDTH, size=size, bold=bold)
            return end + sheet.gap(2.2)

        y = 9.0
        if slip.issued_at is not None:
            y = line((*words.city, Piece("  "), *words.day(japanese_day(slip.issued_at))), y, 9)
        y = line(said.title, y, 15, bold=True) + sheet.gap(1)
        code = (Piece(slip.code),)
        y = sheet.write(code, "ja", x=_LEFT, y=y, width=_WIDTH, size=27, bold=True, centred=True)
        width = sheet.gap(33)
        sheet.qr(qr_of(bare_digits(slip.code)), _LEFT + (_WIDTH - width) / 2, y, width)
        y = line(said.show, y + width, 11, bold=True)
        if slip.neutral:
            return y
        y = line(words.what, y, 9)
        if slip.destinations:
            y = line(words.destination, y + sheet.gap(1), 9) - sheet.gap(1.5)
            for agency in slip.destinations:
                name = destination_line(agency, language, plan)
                y = sheet.write(name, "ja", x=_LEFT + 3, y=y, width=_WIDTH - 3, size=11, bold=True)
            y += sheet.gap(2)
        sheet.rule(_LEFT, y, _WIDTH)
        y += sheet.gap(1.5)
        for text in (words.private, words.lost, words.hours):
            y = line(text, y, 8) - sheet.gap(1)
        return y

    title = plain(said.title)
    sheet = Sheet(A6, title=title, language=SLIP_LANGUAGES[language], now=now)
    return sheet.fit(compose, _BOTTOM)
