"""Numbers on papers and cards: of persons, accounts and insurances."""

from functools import partial

from shared.privacy.checks import is_card_number, is_my_number, is_number_of
from shared.privacy.shapes import GAP, NO_COUNT, NUMBER, TO, Pattern, pattern

_WEAK_INSURANCE = r"(?:国保|社保|健康保険|国民健康保険|後期高齢者?(?:医療)?|共済|雇用保険)"
_INSURANCE = (
    r"(?:保険(?:者)?証|保険者番号|被保険者番号|被保険者証|記号・?番号|年金番号|基礎年金番号|年金手帳|年金証書|受給者証"
    r"|受給者番号|手帳番号|手帳の番号|医療証|医療券|限度額認定証|資格確認書|診察券番号|診察券|免許証番号|免許証|ケース番号)"
)
_ACCOUNT = r"(?:口座|振込先|普通(?![ぁ-ん])|当座|預金|通帳|記号|店番|キャッシュカード)"
#: From the word for an account to its number, not to what is on it.
_TO_ACCOUNT = r"(?:(?!残|入金|額|借)[^\d\n。]){0,10}"
_BANK = r"(?:銀行|信金|信用金庫|労金|農協|ja|ゆうちょ|郵便局)"

PAPERS: tuple[Pattern, ...] = (
    pattern("my-number", r"(?<![\d\-])\d(?:[\s\-・.]?\d){11}(?![\d])", is_my_number),
    pattern(
        "my-number",
        rf"(?:マイナンバー|個人番号){TO}{{0,12}}(?P<hit>\d(?:(?:[、,]|{GAP})\d){{11}})(?!\d)",
    ),
    pattern(
        "account-number",
        rf"{_ACCOUNT}{_TO_ACCOUNT}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=5, most=16),
    ),
    pattern(
        "account-number",
        rf"{_BANK}{TO}{{0,12}}(?:\d{{3,5}}{TO}{{1,6}})?\d{{6,8}}{NO_COUNT}",
        partial(is_number_of, fewest=6, most=13),
    ),
    pattern(
        "account-number",
        rf"(?:カード|クレカ){TO}{{0,12}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=14, most=16),
    ),
    pattern("account-number", r"(?<![\d\-])\d{4}([ \-])\d{4}\1\d{4}\1\d{4}(?!\d)"),
    pattern("account-number", r"(?<![\d\-])\d(?:[\s\-]?\d){13,15}(?![\d\-])", is_card_number),
    pattern(
        "care-insurance-number",
        rf"(?:介護保険|介保|介護|(?:要介護|要支援)\s?\d){TO}{{0,16}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=10, most=10),
    ),
    pattern(
        "insurance-number",
        rf"{_INSURANCE}{TO}{{0,10}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=4, most=16),
    ),
    pattern(
        "insurance-number",
        rf"整理番号(?!{TO}{{0,10}}[\d\s\-.・_/]{{3,24}}の?(?:書類|資料|文書|冊子|様式))"
        rf"{TO}{{0,10}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=4, most=16),
    ),
    pattern(
        "insurance-number",
        rf"(?:保険|国保|社保){TO}{{0,12}}記号{TO}{{0,3}}\d{{1,8}}{TO}{{0,4}}番号{TO}{{0,3}}\d{{1,10}}",
    ),
    pattern(
        "insurance-number",
        r"(?:パスポート|旅券|在留カード)[^a-z0-9\n。]{0,8}(?P<hit>[a-z]{2}\d{7,8}(?:[a-z]{2})?)",
    ),
    pattern(
        "insurance-number",
        rf"手帳{TO}{{0,8}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=5, most=12),
    ),
    pattern(
        "insurance-number",
        rf"{_WEAK_INSURANCE}{TO}{{0,4}}(?:番号|記号|no\.?|№){TO}{{0,6}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=4, most=16),
    ),
    pattern(
        "insurance-number",
        rf"{_WEAK_INSURANCE}{TO}{{0,6}}{NUMBER}{NO_COUNT}",
        partial(is_number_of, fewest=8, most=16),
    ),
)
