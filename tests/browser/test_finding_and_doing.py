"""What a desk finds again, and what each account can do on the pages."""

from playwright.sync_api import Browser, expect

from tests.browser.office import Office


def test_a_consultation_is_found_again(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(office.path("/intake/consultations/{consultation}"))
    code = page.locator("dd strong").inner_text()
    links = page.get_by_role("link", name="開く")

    page.goto("/intake/consultations")
    page.get_by_label("つなぎ番号").fill(code.replace("-", ""))
    page.get_by_role("button", name="さがす").click()
    expect(links).to_have_count(1)
    links.click()
    expect(page.locator("dd strong")).to_have_text(code)

    page.goto("/intake/consultations")
    page.get_by_label("この日まで").fill("2026-05-19")
    page.get_by_role("button", name="さがす").click()
    expect(page.get_by_text("この条件の相談は見つかりませんでした。")).to_be_visible()
    page.get_by_label("この日まで").fill("2026-05-20")
    page.get_by_role("button", name="さがす").click()
    expect(links).not_to_have_count(0)


def test_only_an_agency_account_may_answer(office: Office, browser: Browser) -> None:
    accept = "受け入れる"
    page = office.page(browser, "counter")
    page.goto(office.path("/referral/cases/{arrived}"))
    expect(page.get_by_role("heading", name="つなぎ", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name=accept)).to_have_count(0)
    expect(page.get_by_text("差し戻す")).to_have_count(0)
    page = office.page(browser, "csw")
    page.goto(office.path("/referral/cases/{waiting}"))
    expect(page.get_by_role("button", name=accept)).to_be_visible()
    expect(page.get_by_text("差し戻す").first).to_be_visible()


def test_a_refused_deed_leaves_the_other_forms_alone(office: Office, browser: Browser) -> None:
    page = office.page(browser, "csw")
    page.goto(office.path("/referral/cases/{supported}"))
    page.get_by_text("連絡を記録する").first.click()
    page.get_by_label("連絡した日").fill("2020-01-01")
    page.get_by_role("group", name="方法").get_by_label("電話").check()
    page.get_by_role("button", name="連絡を記録する").click()

    expect(page.get_by_label("連絡した日")).to_have_value("2020-01-01")
    expect(page.get_by_role("group", name="方法").get_by_label("電話")).to_be_checked()
    expect(page.get_by_role("button", name="支援を終える")).to_be_hidden()
    expect(page.locator(".fault:visible")).to_have_count(1)


def test_an_account_is_made_and_stopped(office: Office, browser: Browser) -> None:
    page = office.page(browser, "admin")
    page.goto("/admin/accounts")
    page.get_by_label("ログイン名").fill("hoiku-1")
    page.get_by_label("職名").fill("担当")
    page.get_by_role("group", name="役割").get_by_label("機関（つなぎを受ける）").check()
    page.get_by_label("機関", exact=True).select_option("hoiku")
    page.get_by_role("button", name="アカウントを作る").click()
    expect(page.get_by_role("status")).to_contain_text("hoiku-1 のはじめのパスワード")

    row = page.get_by_role("row", name="hoiku-1")
    row.get_by_text("変えるには").click()
    row.get_by_role("button", name="停止する").click()
    expect(page.get_by_role("status")).to_have_text("アカウントを停止しました。")
    expect(row).to_contain_text("停止中")
    own = page.get_by_role("row", name="admin")
    expect(own).to_contain_text("ご自分")
    expect(own.get_by_role("button")).to_have_count(0)
