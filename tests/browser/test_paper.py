"""What is printed from a page: one sheet of the right size, good on the screen as well."""

import io

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

from shared.plan.slips import SLIP_LANGUAGES
from tests.browser.look import assert_good, nothing_from_elsewhere
from tests.browser.office import Office


def _assert_one_page(page: Page, width: int, height: int) -> None:
    printed = page.pdf(prefer_css_page_size=True, print_background=True)
    [only] = PdfReader(io.BytesIO(printed)).pages
    found = [round(float(side) / 72 * 25.4) for side in only.mediabox[2:]]
    assert found == [width, height]


@pytest.mark.parametrize("language", SLIP_LANGUAGES)
@pytest.mark.parametrize("record", ["consultation", "dv"])
def test_a_slip_is_good_and_one_a6_page(
    office: Office, browser: Browser, record: str, language: str
) -> None:
    with office.visit(browser, "counter") as context, nothing_from_elsewhere(context, office.url):
        page = context.new_page()
        address = office.path(f"/intake/consultations/{{{record}}}")
        page.goto(address)
        if record == "dv":
            page.get_by_text("控えを渡すかどうか").click()
            page.get_by_label("渡しても安全なことを、ご本人と確かめました").check()
            page.get_by_role("button", name="番号だけの控えを開く").click()
            page.wait_for_url("**/slip")
        else:
            page.get_by_role("link", name="控えを印刷する").click()
        page.goto(f"{address}/slip?language={language}")
        code = page.locator(".slip-code").inner_text().replace("-", "")
        picture = Image.open(io.BytesIO(page.locator(".slip-qr").screenshot()))
        assert [found.text for found in zxingcpp.read_barcodes(picture)] == [code]
        _assert_one_page(page, 105, 148)
        page.emulate_media(media="print")
        slip = page.locator(".slip")
        assert slip.evaluate("one => one.scrollHeight - one.clientHeight") <= 0
        page.emulate_media(media="screen")
        assert_good(page)


def test_a_choice_without_its_tick_is_refused(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    page.goto(office.path("/intake/consultations/{dv}"))
    page.get_by_text("控えを渡すかどうか").click()
    page.get_by_role("button", name="番号だけの控えを開く").click()
    page.wait_for_url("**/slip")
    assert page.title().startswith("入力をご確認ください｜")
    assert_good(page)


def test_the_sheet_is_good_and_one_a4_page(office: Office, browser: Browser) -> None:
    page = office.page(browser, "counter")
    with nothing_from_elsewhere(page.context, office.url):
        page.goto(office.path("/referral/cases/{waiting}"))
        leg = page.locator("form[action*='/referrals/']").first.get_attribute("action") or ""
        page.goto(f"{leg.rpartition('/')[0]}/sheet")
        _assert_one_page(page, 210, 297)
        assert_good(page)
