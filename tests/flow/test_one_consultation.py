"""One consultation on its whole path, through real processes and a real browser."""

import time

import httpx
from playwright.sync_api import Page, expect

from tests.browser.open import open_browser
from tests.people import PASSWORD, make_accounts
from tests.processes import running_processes, tsunagi
from tests.proxy import one_address


def _sign_in(page: Page, url: str, login: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{url}/sign-in")
    page.get_by_label("ログイン名").fill(login)
    page.get_by_label("パスワード").fill(PASSWORD)
    page.get_by_role("button", name="サインイン").click()
    expect(page.get_by_role("button", name="サインアウト")).to_be_visible()


def _record(page: Page, url: str) -> None:
    page.goto(f"{url}/intake/consultations/new")
    choices = {
        "相談に来た人": "本人",
        "方法": "来所",
        "年齢": "40代",
        "性別": "女性",
        "地区": "東",
        "世帯": "単身",
        "急ぎの度合い": "通常",
        "対応": "つなぐ",
    }
    for group, choice in choices.items():
        fields = page.get_by_role("group", name=group).last
        fields.get_by_label(choice, exact=True).check()
    topics = page.get_by_role("group", name="○ 相談の内容").last
    topics.get_by_label("孤独・孤立", exact=True).check()
    page.get_by_text("「つなぐ」ときに書くこと").click()
    page.get_by_role("group", name="つなぎ先").last.get_by_label("社協 CSW", exact=True).check()
    page.get_by_label("つなぐ理由").fill("話し相手と居場所を探している。")
    page.get_by_role("group", name="共有の根拠").last.get_by_label("本人同意").check()
    page.get_by_role("group", name="つなぎ方").last.get_by_label("電話つなぎ").check()
    page.get_by_role("button", name="この相談を記録する").click()
    expect(page.get_by_role("status")).to_contain_text("相談を記録しました。")


def _value(page: Page, url: str) -> str:
    page.goto(f"{url}/metrics/indicators")
    return page.locator("#row-26 td[data-indicator] strong").inner_text()


def test_from_the_form_to_the_indicator(environment: dict[str, str]) -> None:
    make_accounts(environment, "csw")
    with (
        running_processes(environment) as processes,
        one_address(processes) as url,
        open_browser() as browser,
    ):
        page = browser.new_page(locale="ja-JP", timezone_id="Asia/Tokyo")
        _sign_in(page, url, "manager")
        assert _value(page, url) == "0件"

        _sign_in(page, url, "counter")
        _record(page, url)

        _sign_in(page, url, "csw")
        for _ in range(100):
            page.goto(f"{url}/referral/inbox")
            if page.get_by_role("link", name="開く").count():
                break
            time.sleep(0.1)
        page.get_by_role("link", name="開く").click()
        page.get_by_role("button", name="受け入れる").click()
        expect(page.get_by_text("主担当", exact=True).locator("+ dd")).to_have_text("社協 CSW")
        page.get_by_text("支援を終える").first.click()
        page.get_by_role("group", name="結果").last.get_by_label("課題解決").check()
        page.get_by_role("group", name="だれが終えたか").last.get_by_label("本人").check()
        page.get_by_role("button", name="支援を終える").click()
        expect(page.get_by_text("終了", exact=True).first).to_be_visible()

        _sign_in(page, url, "manager")
        for _ in range(100):
            if _value(page, url) == "1件":
                break
            time.sleep(0.1)
        assert _value(page, url) == "1件"
        token = tsunagi(environment, "token", "create", "--role", "manager")
        answer = httpx.get(
            f"{url}/metrics/api/indicators",
            headers={"Authorization": f"Bearer {token}"},
            trust_env=False,
        )
        values = {row["id"]: row["value"] for row in answer.json()}
        assert values["welfare-consultations"] == 1
        assert values["csw-consultations"] == 1
