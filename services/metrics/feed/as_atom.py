"""Atom (RFC 4287): one entry for each release: what it is, why it was made, the plan's table.

A feed is a page of the releases, the newest first; `next` leads to older ones (RFC 5005).
"""

from collections.abc import Sequence
from uuid import NAMESPACE_OID, uuid5
from xml.etree import ElementTree as ET

from services.metrics.feed.addresses import Addresses
from services.metrics.feed.atom_table import add, add_table
from services.metrics.feed.plain import one_line
from services.metrics.feed.words import STATUSES, release_title
from services.metrics.storage.releases import StoredRelease
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


def _summary(release: StoredRelease) -> str:
    """What a release is, in words, with the reason that it was made for."""
    document = release.document
    reason = "" if document.reason is None else f"理由：{one_line(document.reason)}　"
    explained = _EXPLAINED[document.status]
    return f"{explained}{reason}文書のハッシュ（SHA-256）：{release.hash}"


def _add_entry(feed: ET.Element, release: StoredRelease, plan: Plan, addresses: Addresses) -> None:
    document, number = release.document, release.number
    moment = release.made_at.astimezone(JST).isoformat()
    entry = add(feed, "entry")
    add(entry, "id", permanent_id(f"release {plan.area_code} {release.hash}"))
    add(entry, "title", release_title(number, document.period, document.status))
    add(entry, "published", moment)
    add(entry, "updated", moment)
    add(entry, "summary", _summary(release))
    add(entry, "category", term=document.status, label=STATUSES[document.status])
    add(entry, "link", rel="alternate", type="text/html", href=addresses.page(number))
    for ending, media_type in _TYPES.items():
        href = addresses.file(ending, number)
        add(entry, "link", rel="alternate", type=media_type, href=href)
    add_table(add(entry, "content", type="xhtml"), release, plan)


def make_atom(
    releases: Sequence[StoredRelease],
    plan: Plan,
    addresses: Addresses,
    own: str,
    older: str | None,
) -> bytes:
    """The feed of these releases, the newest first.

    `own` is the address that it was asked at, `older` that of the releases before these.
    """
    feed = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "ja"})
    add(feed, "id", permanent_id(f"releases of {plan.area_code}"))
    add(feed, "title", f"{plan.city} 地域福祉計画の指標：公表版")
    add(feed, "updated", releases[0].made_at.astimezone(JST).isoformat())
    add(add(feed, "author"), "name", plan.city)
    add(feed, "link", rel="self", type="application/atom+xml", href=own)
    if older is not None:
        add(feed, "link", rel="next", type="application/atom+xml", href=older)
    add(feed, "link", rel="alternate", type="text/html", href=addresses.page())
    for release in releases:
        _add_entry(feed, release, plan, addresses)
    written: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return written
