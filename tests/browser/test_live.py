"""Two desks see each other's acts at once, and nobody loses what was typed."""

import re

from playwright.sync_api import Browser, Route, expect

from tests.browser.look import assert_good
from tests.browser.office import Desk, Office, desk_of
from tests.browser.watching import NEWS, SOON, listen, offer, unread
from tests.integration.meetings import today
from tests.world import consultation, refer

REASON = re.compile("^理由")


def test_two_desks_see_each_others_acts_within_two_seconds(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    with office.visit(browser, "counter") as here, office.visit(browser, "csw") as there:
        sender, receiver = here.new_page(), there.new_page()
        listen(sender, f"/referral/cases/{case}")
        listen(receiver, f"/referral/cases/{case}")
        other = here.new_page()
        listen(other, "/referral/notifications")

        receiver.get_by_role("button", name="受け入れる").click()
        legs = sender.get_by_role("region", name="社協 CSWへのつなぎ")
        expect(legs.get_by_text("受け入れ済み")).to_be_visible(timeout=SOON)
        expect(other).to_have_title(re.compile(r"^\(\d+\) お知らせ"), timeout=SOON)
        expect(sender.locator(NEWS)).to_contain_text("つなぎが受け入れられました。", timeout=SOON)

        sender.get_by_text("調整役が主担当になる").first.click()
        sender.get_by_role("textbox", name=REASON).fill("調整のため")
        sender.get_by_role("button", name="調整役が主担当になる").click()
        holder = receiver.locator("dl.facts dd strong").first
        expect(holder).to_have_text("地域共生社会課", timeout=SOON)
        expect(receiver.locator(NEWS)).to_contain_text("主担当が", timeout=SOON)


def test_the_inbox_fills_and_the_title_counts(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    with office.visit(browser, "seikatsu-engo") as context:
        page = context.new_page()
        listen(page, "/referral/inbox")
        before, rows = unread(page), page.get_by_role("row").count()
        case = offer(kyosei, "seikatsu-engo")
        expect(page.locator(f"a[href='/referral/cases/{case}']")).to_be_visible(timeout=SOON)
        expect(page).to_have_title(re.compile(rf"^\({before + 1}\) 受付箱"), timeout=SOON)
        expect(page.locator("[data-unread-count]")).to_have_text(str(before + 1))
        assert page.get_by_role("row").count() > rows
        assert_good(page)

        page.set_viewport_size({"width": 1280, "height": 900})
        page.locator(NEWS).get_by_role("link").click()
        expect(page).to_have_url(re.compile(f"/referral/cases/{case}$"))
        page.goto("/referral/notifications")
        assert unread(page) == before


def test_the_board_follows_what_the_desks_do(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        office.visit(browser, "counter") as context,
        desk_of(office.url, environment, "csw") as csw,
    ):
        page = context.new_page()
        listen(page, "/referral/board?part=takers")
        case = offer(kyosei, "csw")
        row = page.locator(f"a[href='/referral/cases/{case}']")
        expect(row).to_be_visible(timeout=SOON)
        [leg] = csw.legs(case)
        csw.post(f"/referral/api/referrals/{leg}/accept", {})
        expect(row).to_have_count(0, timeout=SOON)


def test_what_is_being_typed_is_not_swept_away(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "csw")
    with office.visit(browser, "counter") as here, office.visit(browser, "csw") as there:
        sender, receiver = here.new_page(), there.new_page()
        listen(sender, f"/referral/cases/{case}")
        sender.get_by_text("依頼を取り下げる").first.click()
        field = sender.get_by_role("textbox", name=REASON)
        field.fill("書きかけの理由")
        receiver.goto(f"/referral/cases/{case}")
        receiver.get_by_role("button", name="受け入れる").click()

        again = sender.locator(NEWS).get_by_role("link", name="この画面を開き直す")
        expect(again).to_be_visible(timeout=SOON)
        expect(field).to_have_value("書きかけの理由")
        expect(sender.get_by_text("受付待ち").first).to_be_visible()
        again.click()
        expect(sender.get_by_text("受け入れ済み").first).to_be_visible()


def test_what_came_while_the_network_was_gone_is_told_afterwards(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    with office.visit(browser, "seikatsu-engo") as context:
        page = context.new_page()
        listen(page, "/referral/inbox")
        context.set_offline(True)
        case = offer(kyosei, "seikatsu-engo")
        context.set_offline(False)
        expect(page.locator(f"a[href='/referral/cases/{case}']")).to_be_visible(timeout=15000)


def test_a_page_that_could_not_be_fetched_is_asked_for_again(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    asked = []

    def away(route: Route) -> None:
        if "x-live" in route.request.headers:
            asked.append(route.request.url)
            route.fulfill(status=503)
        else:
            route.continue_()

    with office.visit(browser, "seikatsu-engo") as context:
        page = context.new_page()
        listen(page, "/referral/inbox")
        page.route("**/referral/inbox", away)
        case = offer(kyosei, "seikatsu-engo")
        row = page.locator(f"a[href='/referral/cases/{case}']")
        page.wait_for_timeout(3000)
        expect(row).to_have_count(0)
        assert 2 <= len(asked) <= 10
        page.unroute("**/referral/inbox")
        expect(row).to_be_visible(timeout=10000)


def _break_off(route: Route) -> None:
    """A line that opens and is gone at once."""
    body = 'retry: 1000\nevent: unread\ndata: {"unread": 0}\n\n'
    route.fulfill(headers={"content-type": "text/event-stream"}, body=body)


def test_an_act_of_which_nobody_is_told_shows_when_the_line_is_back(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    case = offer(kyosei, "seikatsu-engo")
    [leg] = kyosei.legs(case)
    path = f"/referral/api/referrals/{leg}"
    environment = {"TSUNAGI_VAR": str(office.folder.path)}
    with (
        desk_of(office.url, environment, "seikatsu-engo") as engo,
        office.visit(browser, "counter") as context,
    ):
        engo.post(f"{path}/accept", {})
        page = context.new_page()
        page.route("**/notifications/stream*", _break_off)
        listen(page, f"/referral/cases/{case}")
        expect(page.get_by_text("受け入れ済み").first).to_be_visible()
        engo.post(f"{path}/contacts", {"on": today(), "kind": "phone"})
        page.unroute("**/notifications/stream*")
        expect(page.get_by_text("支援中").first).to_be_visible(timeout=15000)


def test_the_counter_page_of_intake_follows_its_legs(
    office: Office, browser: Browser, kyosei: Desk
) -> None:
    body = consultation(**refer("csw"))
    recorded = kyosei.post("/intake/api/consultations", body)
    kyosei.legs(recorded["case_id"])
    with office.visit(browser, "counter") as here, office.visit(browser, "csw") as there:
        sender, receiver = here.new_page(), there.new_page()
        listen(sender, f"/intake/consultations/{recorded['id']}")
        receiver.goto(f"/referral/cases/{recorded['case_id']}")
        receiver.get_by_role("button", name="受け入れる").click()
        expect(sender.get_by_text("受け入れ済み")).to_be_visible(timeout=SOON)


def test_news_are_read_without_javascript(office: Office, browser: Browser, kyosei: Desk) -> None:
    case = offer(kyosei, "seikatsu-engo")
    with office.visit(browser, "seikatsu-engo", java_script_enabled=False) as context:
        page = context.new_page()
        read = None
        for _ in range(40):
            page.goto("/referral/notifications")
            waiting = page.locator("li.unread a")
            if waiting.count():
                read = waiting.first.get_attribute("href")
                waiting.first.click()
            if page.url.endswith(f"/referral/cases/{case}"):
                break
        expect(page).to_have_url(re.compile(f"/referral/cases/{case}$"))
        page.goto("/referral/notifications")
        expect(page.locator(f"a[href='{read}']")).to_be_visible()
        expect(page.locator(f"li.unread a[href='{read}']")).to_have_count(0)
        for _ in range(5):  # others may tell this agency of something meanwhile
            if page.get_by_role("button", name="すべて既読にする").count():
                page.get_by_role("button", name="すべて既読にする").click()
        assert unread(page) == 0
