"""The つなぐシート as a PDF of one A4 page."""

from datetime import datetime
from uuid import UUID

from services.referral.usecases.print_sheet import PaperLeg
from shared.japanese_time import written
from shared.paper.qr import qr_of
from shared.paper.ruby import Piece
from shared.paper.sheet import A4, Sheet
from shared.plan import Plan

_LEFT, _WIDTH, _BOTTOM = 18.0, 174.0, 14.0
_LABEL = 34.0
_QR = 30.0
_FACTS = {
    "age_band": "年齢",
    "age_group": "年齢",
    "sex": "性別",
    "district": "地区",
    "household": "世帯",
    "caller": "相談に来た人",
}
HANDLING = (
    "この紙に、氏名・住所・つなぎ番号は書いてありません。"
    "用が済んだら、つないだ機関に返すか、裁断してください。"
)
REPLYING = (
    "お返事は、電話かこの紙で、つないだ機関へお願いします。つないだ機関が画面に書き写します。"
)

SCANNING = "つないだ機関の方へ：読み取ると、返事を書き写す画面が開きます。"


def mark_of(leg_id: UUID) -> str:
    """What sender and receiver call this sheet by on the telephone; it opens nothing."""
    end = leg_id.hex[-8:].upper()
    return f"{end[:4]}-{end[4:]}"


def described(paper: PaperLeg, plan: Plan) -> list[tuple[str, str]]:
    """The rows of the sheet, label and words, with only what the basis shows."""
    case, leg = paper.case, paper.leg
    rows = [
        ("役割", "主担当をお願いしたい" if leg.lead else "協力をお願いしたい"),
        ("依頼した日時", written(leg.offered_at)),
        ("お返事の期限", written(leg.due_at) if leg.state == "offered" else "返事済み"),
        ("つなぎ方", plan.label("mode", leg.mode)),
        ("共有の根拠", plan.label("basis", leg.basis)),
        ("承認した人", leg.authorised_by),
        ("相談の内容", "、".join(plan.topics[topic].label for topic in case.topics)),
    ]
    if case.urgency:
        rows.append(("急ぎの度合い", plan.label("urgency", case.urgency)))
    rows += [
        (words, plan.label(name, case.facts[name]))
        for name, words in _FACTS.items()
        if name in case.facts
    ]
    if leg.reason:
        rows.append(("つなぐ理由", leg.reason))
    return rows


def sheet_pdf(paper: PaperLeg, plan: Plan, now: datetime, address: str) -> bytes:
    """The file. `address` is where the sender types in the answer."""
    leg = paper.leg

    def compose(sheet: Sheet) -> float:
        def text(
            words: str, y: float, *, size: float = 10.5, bold: bool = False, indent: float = 0
        ) -> float:
            left, width, line = _LEFT + indent, _WIDTH - indent, (Piece(words),)
            return sheet.write(line, "ja", x=left, y=y, width=width, size=size, bold=bold)

        def row(label: str, words: str, y: float) -> float:
            top = y + sheet.gap(2.0)
            side = sheet.write((Piece(label),), "ja", x=_LEFT, y=top, width=_LABEL, size=10)
            left, width, line = _LEFT + _LABEL, _WIDTH - _LABEL, (Piece(words),)
            end = max(side, sheet.write(line, "ja", x=left, y=top, width=width, size=10.5))
            sheet.rule(_LEFT, end + sheet.gap(2.0), _WIDTH, thick=0.1)
            return end + sheet.gap(2.0)

        def ticks(words: list[str], y: float, indent: float, step: float) -> float:
            for place, label in enumerate(words):
                x = indent + place % 3 * step
                sheet.box(_LEFT + x, y + sheet.gap(0.5), sheet.gap(3.6), sheet.gap(3.6))
                end = text(label, y, indent=x + sheet.gap(5.2))
                if place % 3 == 2 or place == len(words) - 1:
                    y = end + sheet.gap(1.5)
            return y

        y = text(f"{plan.city}　シートの番号 {mark_of(leg.id)}", 14, size=10)
        sheet.qr(qr_of(address), _LEFT + _WIDTH - _QR, 12, _QR)
        sheet.write((Piece(SCANNING),), "ja", x=_LEFT + _WIDTH - _QR, y=12 + _QR, width=_QR, size=7)
        y = text("つなぐシート", y, size=20, bold=True) + sheet.gap(2)
        y = text(f"{plan.agency_name(leg.receiver)}　御中", y, size=14, bold=True)
        y = text(f"つないだ機関：{plan.agency_name(leg.sender)}", y + sheet.gap(1), size=11)
        y = text("折り返しの電話：　　　　　　　　　　担当：", y + sheet.gap(1), size=11)
        y += sheet.gap(2)
        sheet.rule(_LEFT, y, _WIDTH, thick=0.4)
        for label, words in described(paper, plan):
            y = row(label, words, y)
        y = text("お返事", y + sheet.gap(6), size=14, bold=True)
        y = text(REPLYING, y, size=9.5) + sheet.gap(2)
        top = y
        y = ticks(["受け入れる"], y + sheet.gap(3), 4, 0)
        y = ticks(["差し戻す（理由に一つ印を付けてください）"], y, 4, 0)
        y = ticks(list(plan.codes["return_reason"].values()), y, 12, 50)
        for label in ("ほかに合いそうな機関", "ひとこと（人がわかることは書かないでください）"):
            y = text(label, y + sheet.gap(1), size=9.5, indent=4) + sheet.gap(7)
            sheet.rule(_LEFT + 4, y, _WIDTH - 8, thick=0.1)
        y = text(
            "返事をした日　　　　年　　　月　　　日　　答えた人（職名）", y + sheet.gap(3), indent=4
        )
        y += sheet.gap(4)
        sheet.box(_LEFT, top, _WIDTH, y - top)
        return text(HANDLING, y + sheet.gap(3), size=9)

    return Sheet(A4, title="つなぐシート", language="ja", now=now).fit(compose, _BOTTOM)
