"""Atom (RFC 4287): one entry for each release, with what it is and why it was made."""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5
from xml.etree import ElementTree as ET

from services.metrics.feed.addresses import Addresses
from services.metrics.feed.plain import one_line
from services.metrics.feed.words import STATUSES, release_title
from services.metrics.storage.releases import ReleaseHead
from shared.japanese_time import JST
from shared.plan import Plan

_ATOM = "http://www.w3.org/2005/Atom"
_TYPES = {
    "json": "application/json",
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_EXPLAINED = {
    "provisional": "期間の途中、または締めの前の速報です。後から変わることがあります。",
    "final": "締めた後の確定した値です。",
    "revised": "前に公表した値を訂正しました。",
}


def permanent_id(name: str) -> str:
    """An id that stays when the server's address does not."""
    return f"urn:uuid:{uuid5(NAMESPACE_OID, f'tsunagi {name}')}"


def _add(parent: ET.Element, tag: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = one_line(text) or None
    return child


def summary_of(head: ReleaseHead) -> str:
    """What a release is, in words, with the reason that it was made for."""
    reason = "" if head.reason is None else f"理由：{one_line(head.reason)}　"
    return f"{_EXPLAINED[head.status]}{reason}文書のハッシュ（SHA-256）：{head.hash}"


def make_atom(heads: Sequence[ReleaseHead], plan: Plan, addresses: Addresses, own: str) -> bytes:
    """The feed of these releases, the newest first; `own` is the address it was asked at."""
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "ja"})
    _add(feed, "id", permanent_id(f"releases of {plan.area_code}"))
    _add(feed, "title", f"{plan.city} 地域福祉計画の指標：公表版")
    _add(feed, "updated", heads[0].made_at.astimezone(JST).isoformat())
    _add(_add(feed, "author"), "name", plan.city)
    _add(feed, "link", rel="self", type="application/atom+xml", href=own)
    _add(feed, "link", rel="alternate", type="text/html", href=addresses.page())
    for head in heads:
        moment = head.made_at.astimezone(JST).isoformat()
        entry = _add(feed, "entry")
        _add(entry, "id", permanent_id(f"release {plan.area_code} {head.hash}"))
        _add(entry, "title", release_title(head.number, head.period, head.status))
        _add(entry, "published", moment)
        _add(entry, "updated", moment)
        _add(entry, "summary", summary_of(head))
        _add(entry, "category", term=head.status, label=STATUSES[head.status])
        _add(entry, "link", rel="alternate", type="text/html", href=addresses.page(head.number))
        for ending, media_type in _TYPES.items():
            href = addresses.file(ending, head.number)
            _add(entry, "link", rel="alternate", type=media_type, href=href)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written
