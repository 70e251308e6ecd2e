"""The feed of releases, read by a library that others read feeds with."""

from datetime import UTC, datetime

import feedparser
import pytest

from services.metrics.usecases.find_release import AT_ONCE
from shared.plan import Plan
from tests.feed.samples import first, publish, sample
from tests.world import World

pytestmark = pytest.mark.anyio

_PATH = "/metrics/feed/indicators.atom"
_REASON = "四月の件数に<b>誤り</b>がありました & 直しました。\x0b"


async def _read(world: World, query: str = "") -> feedparser.FeedParserDict:
    answer = await world.client.get(f"{_PATH}{query}")
    assert answer.status_code == 200
    found = feedparser.parse(answer.content, response_headers=dict(answer.headers))
    assert found.bozo is False, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


async def test_each_release_is_an_entry_with_its_files(quiet_world: World, plan: Plan) -> None:
    revised = sample(plan, number=3, previous=2, status="revised", reason=_REASON)
    stored = await publish(quiet_world.settings, first(plan), sample(plan), revised)
    found = await _read(quiet_world)
    assert found.feed.language == "ja"
    assert found.feed.title == "朝霞市 地域福祉計画の指標：公表版"
    assert found.feed.author == "朝霞市"
    assert [entry.title for entry in found.entries] == [
        "公表版 第3版　2026年10月（訂正）",
        "公表版 第2版　2026年10月（速報）",
        "公表版 第1版　令和7（2025）年度（確定）",
    ]
    for entry, release in zip(found.entries, reversed(stored), strict=True):
        assert entry.id.startswith("urn:uuid:")
        assert datetime.fromisoformat(entry.updated).astimezone(UTC) == release.made_at
        assert release.hash in entry.summary
        links = {link.type: link.href for link in entry.links}
        assert len(links) == 4
        base = quiet_world.settings.tsunagi_url
        for media_type, link in links.items():
            if media_type == "text/html":
                assert link == f"{base}/metrics/releases/{release.number}"
            else:
                assert link.endswith(f"?release={release.number}")
                answer = await quiet_world.client.get(link.removeprefix(base))
                assert answer.headers["content-type"].partition(";")[0] == media_type
    assert "<b>" not in (await quiet_world.client.get(_PATH)).text
    newest = found.entries[0].summary
    assert "理由：四月の件数に" in newest
    assert found.entries[0].summary_detail.type == "text/plain"
    assert "& 直しました。" in newest


async def test_an_entry_keeps_its_id_whatever_comes_after(quiet_world: World, plan: Plan) -> None:
    await publish(quiet_world.settings, first(plan))
    before = await _read(quiet_world)
    await publish(quiet_world.settings, sample(plan))
    after = await _read(quiet_world)
    assert after.feed.id == before.feed.id
    assert after.entries[-1] == before.entries[0]
    assert len({entry.id for entry in after.entries}) == 2
    assert after.feed.updated > before.feed.updated
    [alone] = (await _read(quiet_world, "?release=1")).entries
    assert alone.id == before.entries[0].id
    [of_year] = (await _read(quiet_world, "?fy=2026")).entries
    assert of_year.title == "公表版 第2版　2026年10月（速報）"
    [own] = [one for one in (await _read(quiet_world, "?fy=2026")).feed.links if one.rel == "self"]
    assert own.href.endswith("indicators.atom?fy=2026")


async def test_older_releases_are_behind_the_next_address(quiet_world: World, plan: Plan) -> None:
    count = 2 * AT_ONCE + 1
    await publish(
        quiet_world.settings,
        first(plan),
        *(sample(plan, number=number, previous=number - 1) for number in range(2, count + 1)),
    )
    base, query, pages = quiet_world.settings.tsunagi_url, "", []
    while True:
        found = await _read(quiet_world, query)
        pages.append([entry.title.split("　")[0] for entry in found.entries])
        older = [link.href for link in found.feed.links if link.rel == "next"]
        if not older:
            break
        [address] = older
        query = address.removeprefix(f"{base}{_PATH}")
    assert [len(page) for page in pages] == [AT_ONCE, AT_ONCE, 1]
    told = [title for page in pages for title in page]
    assert told == [f"公表版 第{number}版" for number in range(count, 0, -1)]
    of_year = await _read(quiet_world, "?fy=2026")
    [following] = [link.href for link in of_year.feed.links if link.rel == "next"]
    assert following == f"{base}{_PATH}?fy=2026&before={count - AT_ONCE + 1}"
    second = await _read(quiet_world, following.removeprefix(f"{base}{_PATH}"))
    assert len(second.entries) == AT_ONCE
    assert [link.href for link in second.feed.links if link.rel == "next"] == []
    for wrong, status in (("before=1", 404), ("before=0", 422), ("before=x", 422)):
        assert (await quiet_world.client.get(f"{_PATH}?{wrong}")).status_code == status
