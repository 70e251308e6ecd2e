"""One case on the pages, from the counter to its end: two agencies and the coordinator."""

from playwright.sync_api import Browser, Page, expect

from tests.browser.look import assert_good
from tests.browser.office import Office
from tests.browser.test_consultation_form import CHOICES, FORM
from tests.integration.meetings import today


def _record(page: Page) -> tuple[str, str]:
    """Write a consultation down and refer it: the address of its case, and the code on paper."""
    page.goto(FORM)
    for name, code in CHOICES.items():
        page.locator(f"[name={name}][value='{code}']").check()
    page.locator("[name=topics][value=care]").check()
    page.locator("[name=to][value=houkatsu]").check()
    page.get_by_label("つなぐ理由").fill("介護の手続きがわからない。")
    page.get_by_role("button", name="この相談を記録する").click()
    expect(page.get_by_role("status")).to_contain_text("相談を記録しました。")
    address = page.get_by_role("link", name="ケースの画面へ").get_attribute("href")
    assert address
    return address, page.locator(".code-given").inner_text()


def _open(page: Page, address: str) -> None:
    """A case reaches the referral service within moments."""
    for _ in range(50):
        answer = page.goto(address)
        if answer and answer.status == 200:
            return
        page.wait_for_timeout(100)
    raise AssertionError("the case did not open")


def _done(page: Page, words: str) -> None:
    expect(page.get_by_role("status").filter(has_text=words)).to_be_visible()


def _return(page: Page, address: str) -> None:
    _open(page, address)
    page.get_by_text("差し戻す", exact=True).first.click()
    page.get_by_role("group", name="差し戻しの理由").get_by_label("情報不足").check()
    page.get_by_role("button", name="差し戻す").click()
    _done(page, "差し戻しました。")
    assert page.goto(address).status == 404


def _offer_again(page: Page, address: str) -> None:
    _open(page, address)
    page.get_by_text("つなぎ先を選ぶ").first.click()
    form = page.locator("form[action$='/referrals']").first
    form.locator("[name=to][value=houkatsu]").check()
    form.locator("[name=reason]").fill("介護保険の申請を手伝ってほしい。")
    form.locator("[name=basis][value=consent]").check()
    form.locator("[name=mode][value=accompany]").check()
    form.get_by_role("button", name="つなぐ", exact=True).click()
    _done(page, "つなぎを依頼しました。")


def _work(page: Page, address: str, code: str) -> None:
    page.goto("/referral/inbox")
    page.locator(f"a[href='{address}']").first.click()
    page.get_by_role("button", name="受け入れる").click()
    _done(page, "受け入れました。")
    page.get_by_text("ご本人がいらした").first.click()
    page.get_by_label("つなぎ番号").fill(code)
    page.get_by_role("button", name="番号を確かめる").click()
    _done(page, "ご本人がいらしたことを記録しました。")
    page.get_by_text("連絡を記録する").first.click()
    page.get_by_role("group", name="方法").get_by_label("来所").check()
    page.get_by_role("button", name="連絡を記録する").click()
    _done(page, "連絡を記録しました。")


def _meet(page: Page, address: str) -> None:
    page.goto("/referral/conferences/new")
    page.get_by_role("group", name="会議の種類").get_by_label("支援会議", exact=True).check()
    page.get_by_label("会議の日").fill(today())
    page.locator(f"input[name=cases][value='{address.rpartition('/')[2]}']").check()
    agencies = page.get_by_role("group", name="参加した機関")
    agencies.get_by_label("地域包括支援センター").check()
    agencies.get_by_label("社協 CSW").check()
    page.get_by_role("button", name="次へ").click()
    page.get_by_label("話し合ったこと").fill("申請が済んだので、見守りに移る。")
    page.get_by_role("button", name="この会議を記録する").click()
    _done(page, "会議を記録しました。")


def _end(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_text("支援を終える").first.click()
    form = page.locator("form[action$='/close']").first
    form.get_by_role("group", name="結果").get_by_label("制度・サービス利用開始").check()
    form.get_by_role("group", name="だれが終えたか").get_by_label("受け手").check()
    form.get_by_role("button", name="支援を終える").click()
    _done(page, "支援を終えました。")
    page.get_by_text("ケースを終える").first.click()
    form = page.locator("form[action$='/close']").last
    form.get_by_role("group", name="終わり方").get_by_label("終結").check()
    form.get_by_role("group", name="結果").get_by_label("制度・サービス利用開始").check()
    form.get_by_role("group", name="だれが終えたか").get_by_label("受け手").check()
    form.get_by_role("button", name="ケースを終える").click()
    _done(page, "ケースを終えました。")


def test_a_case_walks_from_the_counter_to_its_end(office: Office, browser: Browser) -> None:
    with (
        office.visit(browser, "csw") as sender,
        office.visit(browser, "houkatsu") as receiver,
        office.visit(browser, "counter") as coordinator,
    ):
        desk, agency, lead = (one.new_page() for one in (sender, receiver, coordinator))
        address, code = _record(desk)
        _return(agency, address)
        _offer_again(desk, address)
        _work(agency, address, code)
        _open(lead, address)
        _meet(lead, address)
        _end(agency, address)
        desk.goto(address)
        acts = desk.locator(".timeline strong").all_inner_texts()
        assert acts == [
            "ケースを開始",
            "つなぎを依頼",
            "差し戻し",
            "つなぎを依頼",
            "受け入れ",
            "来所を確認",
            "連絡",
            "会議",
            "終了",
            "ケースを終了",
        ]
        expect(desk.locator("dt:text-is('状況') + dd")).to_contain_text("終結")
        expect(desk.locator("dt:text-is('主担当') + dd")).to_contain_text("地域包括支援センター")
        assert_good(desk)


def test_the_desk_types_in_what_an_agency_on_paper_answered(
    office: Office, browser: Browser
) -> None:
    with office.visit(browser, "counter") as context:
        page = context.new_page()
        page.goto(office.path("/referral/cases/{on_paper}"))
        expect(page.get_by_text("ハローワークから受け入れるとお返事があったら")).to_be_visible()
        page.get_by_role("button", name="受け入れの返事を記録する").click()
        _done(page, "受け入れました。")
        page.get_by_text("支援を終える").first.click()
        form = page.locator("form[action$='/close']").first
        form.get_by_role("group", name="結果").get_by_label("就労").check()
        form.get_by_role("group", name="だれが終えたか").get_by_label("本人").check()
        form.get_by_label("お返事のあった日時").fill("2026-01-01T10:00")
        form.get_by_role("button", name="支援を終える").click()
        expect(page.get_by_role("alert")).to_contain_text("前の操作より早い日時になっています。")
        typed = page.locator("form[action$='/close']").first.locator("[name=at]")
        expect(typed).to_have_value("2026-01-01T10:00")
        assert_good(page)
