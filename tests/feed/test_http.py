"""The feed over HTTP: permanent addresses, conditional requests, no key, no other site."""

import asyncio
import hashlib
import json
import urllib.error
import urllib.request
from collections.abc import AsyncIterator

import pytest

from deploy.embedded.folder import free_port
from shared.plan import Plan
from tests.feed.samples import first, publish, sample
from tests.processes import Process
from tests.world import World, running_world

pytestmark = pytest.mark.anyio

_FILES = {
    "json": "application/json",
    "csv": "text/csv",
    "atom": "application/atom+xml",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_FEED = "/metrics/feed/indicators"


@pytest.fixture
async def published(quiet_world: World, plan: Plan) -> World:
    """The services with two releases."""
    await publish(quiet_world.settings, first(plan), sample(plan))
    return quiet_world


@pytest.mark.parametrize("ending", _FILES)
async def test_without_any_release_the_answer_says_so(quiet_world: World, ending: str) -> None:
    for path, words in (
        (f"{_FEED}.{ending}", "まだありません"),
        (f"{_FEED}.{ending}?fy=2025", "2025年度"),
        (f"{_FEED}.{ending}?release=7", "公表版 第7版はありません"),
    ):
        answer = await quiet_world.client.get(path)
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        assert answer.json()["code"] == "no-release"
        assert words in answer.json()["detail"]


@pytest.mark.parametrize("ending", _FILES)
async def test_everybody_may_read_and_nobody_gets_it_twice(published: World, ending: str) -> None:
    client, path = published.client, f"{_FEED}.{ending}"
    whole = await client.get(path)
    assert whole.status_code == 200
    assert whole.headers["content-type"].partition(";")[0] == _FILES[ending]
    assert whole.headers["cache-control"] == "public, no-cache"
    assert whole.headers["last-modified"] == "Mon, 02 Nov 2026 00:30:15 GMT"
    assert f"indicators-112275-release-2.{ending}" in whole.headers["content-disposition"]
    tag = whole.headers["etag"]
    assert (await client.get(path)).content == whole.content
    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f'"other", W/{tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": whole.headers["last-modified"]},
        {"If-Modified-Since": "Tue, 03 Nov 2026 00:00:00 GMT"},
    ):
        again = await client.get(path, headers=headers)
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
        assert again.headers["cache-control"] == "public, no-cache"
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": '"other"', "If-Modified-Since": whole.headers["last-modified"]},
        {"If-Modified-Since": "Mon, 02 Nov 2026 00:30:14 GMT"},
        {"If-Modified-Since": "yesterday"},
    ):
        assert (await client.get(path, headers=headers)).content == whole.content


@pytest.mark.parametrize("ending", _FILES)
async def test_head_says_what_get_would_send(published: World, ending: str) -> None:
    path = f"{_FEED}.{ending}"
    whole = await published.client.get(path)
    head = await published.client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)
    unchanged = {"If-None-Match": whole.headers["etag"]}
    assert (await published.client.head(path, headers=unchanged)).status_code == 304


@pytest.mark.parametrize("ending", ["json", "csv", "xlsx"])
async def test_a_release_keeps_its_address(published: World, plan: Plan, ending: str) -> None:
    client = published.client
    permanent = await client.get(f"{_FEED}.{ending}?release=1")
    assert permanent.headers["cache-control"] == "public, max-age=86400"
    assert permanent.headers["content-location"] == f"{_FEED}.{ending}?release=1"
    newest = await client.get(f"{_FEED}.{ending}")
    assert newest.headers["content-location"] == f"{_FEED}.{ending}?release=2"
    assert newest.headers["etag"] != permanent.headers["etag"]
    of_year = await client.get(f"{_FEED}.{ending}?fy=2025")
    assert of_year.content == permanent.content
    assert (await client.get(f"{_FEED}.{ending}?fy=2025&release=2")).status_code == 404
    third = sample(plan, number=3, previous=2, status="revised", reason="集計の誤りを直しました。")
    await publish(published.settings, third)
    assert (await client.get(f"{_FEED}.{ending}?release=1")).content == permanent.content
    newer = await client.get(f"{_FEED}.{ending}", headers={"If-None-Match": newest.headers["etag"]})
    assert newer.status_code == 200


async def test_the_document_bears_out_its_hash(published: World) -> None:
    for number in (1, 2):
        body = (await published.client.get(f"{_FEED}.json?release={number}")).text
        released = json.loads(body)
        said = released["document"]
        text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        assert hashlib.sha256(text.encode()).hexdigest() == released["hash"]
        assert f'"document":{text}' in body
        assert (released["number"], released["document"]["number"]) == (number, number)


async def test_every_address_that_a_release_names_is_there(published: World) -> None:
    released = (await published.client.get(f"{_FEED}.json")).json()
    base = published.settings.tsunagi_url
    links = {name: link.removeprefix(base) for name, link in released["links"].items()}
    assert all(link.startswith("/metrics/") for link in links.values())
    del links["page"]  # the page of a release has tests of its own
    for link in links.values():
        assert (await published.client.get(link)).status_code == 200, link


@pytest.mark.parametrize("query", ["release=0", "release=x", "release=99999999999", "fy=1"])
async def test_what_is_no_number_is_refused_with_its_name(published: World, query: str) -> None:
    answer = await published.client.get(f"{_FEED}.csv?{query}")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == [query.partition("=")[0]]


async def test_no_other_site_may_read_it(published: World) -> None:
    foreign = {"Origin": "https://data.example"}
    answer = await published.client.get(f"{_FEED}.json", headers=foreign)
    asked = await published.client.options(f"{_FEED}.json", headers=foreign)
    assert (answer.status_code, asked.status_code) == (200, 204)
    for headers in (answer.headers, asked.headers):
        assert not [name for name in headers if name.startswith("access-control")]


@pytest.fixture
async def open_world(environment: dict[str, str], plan: Plan) -> AsyncIterator[World]:
    """The services where a setting lets one other site in."""
    setting = {"TSUNAGI_FEED_ORIGINS": "https://data.example,https://other.example"}
    async with running_world(environment | setting, workers=False) as started:
        await publish(started.settings, first(plan))
        yield started


async def test_a_setting_lets_other_sites_in(open_world: World) -> None:
    for path in (f"{_FEED}.json", f"{_FEED}.csv", "/metrics/feed/schema/v1.json"):
        one = {"Origin": "https://data.example"}
        answer = await open_world.client.get(path, headers=one)
        assert answer.headers["access-control-allow-origin"] == "https://data.example"
        assert answer.headers["vary"] == "Origin"
        assert "access-control-allow-credentials" not in answer.headers
        asked = await open_world.client.options(path, headers=one)
        assert "If-None-Match" in asked.headers["access-control-allow-headers"]
        stranger = await open_world.client.get(path, headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in stranger.headers
        assert stranger.headers["vary"] == "Origin"


async def test_a_plain_client_needs_nothing_but_the_address(
    environment: dict[str, str], quiet_world: World, plan: Plan
) -> None:
    await publish(quiet_world.settings, first(plan))
    process = Process(["serve", "metrics", "--web"], free_port(), environment)
    try:
        process.wait_ready()
        await asyncio.to_thread(_read_plainly, process.url)
    finally:
        process.close()


def _read_plainly(url: str) -> None:
    address = f"{url}{_FEED}.csv?release=1"
    with urllib.request.urlopen(address) as answer:  # noqa: S310  our own process
        text, tag = answer.read().decode("utf-8-sig"), answer.headers["ETag"]
    assert text.startswith("release,")
    again = urllib.request.Request(address, headers={"If-None-Match": tag})  # noqa: S310  the same
    with pytest.raises(urllib.error.HTTPError) as unchanged:
        urllib.request.urlopen(again)  # noqa: S310  the same
    assert unchanged.value.code == 304
    unchanged.value.close()
    head = urllib.request.Request(address, method="HEAD")  # noqa: S310  the same
    with urllib.request.urlopen(head) as answer:  # noqa: S310  the same
        assert (answer.status, answer.read()) == (200, b"")
