"""How somebody is reached: mail, telephone, and the postal code."""

from shared.privacy.checks import is_telephone
from shared.privacy.shapes import GAP, NO_COUNT, TO, Pattern, pattern

CONTACT: tuple[Pattern, ...] = (
    pattern(
        "e-mail",
        r"[a-z0-9._%+\-]{1,64}\s?@\s?[a-z0-9\-]{1,63}"
        r"(?:\s?[.。]\s?[a-z0-9\-]{2,63}){0,3}\s?[.。]\s?[a-z][a-z0-9\-]{1,62}",
        needs=("@",),
    ),
    # A domain may be written in Japanese, and so may its last part.
    pattern(
        "e-mail",
        r"[a-z0-9._%+\-]{1,64}\s?@\s?[a-z0-9\-ぁ-ヿ一-龠々]{1,63}\s?[.。]\s?"
        r"(?:[a-z]{2,12}|みんな|コム|テスト|世界|ストア|クラウド)(?![a-z])",
        needs=("@",),
    ),
    pattern(
        "e-mail",
        r"[a-z0-9._%+\-]{2,64}\s?[(\[]?\s?(?:アットマーク|アット|あっと|\bat\b)\s?[)\]]?\s?"
        r"[a-z0-9\-]{2,63}\s?(?:[.。]|\(?(?:ドット|どっと|\bdot\b)\)?)\s?[a-z]{2,10}",
        needs=("アット", "あっと", "at", "At", "aT", "AT"),
    ),
    pattern(
        "e-mail", r"[a-z0-9._%+\-]{2,64}\s?(?:[(\[]a[)\]]|[★☆◎●■◆])\s?[a-z0-9\-]{2,63}\.[a-z]{2,10}"
    ),
    # Sign by sign, with a space between all of them.
    pattern(
        "e-mail",
        r"[a-z0-9](?:\s[a-z0-9._%+\-]){1,40}\s@(?:\s[a-z0-9\-]){2,40}"
        r"(?:\s[.。](?:\s[a-z0-9\-]){2,20}){1,4}(?![a-z0-9])",
        needs=("@",),
    ),
    pattern("telephone", r"(?<!\d)0(?:[\s\-.()・~_*/の、:,=]{0,3}\d){9,10}(?!\d)", is_telephone),
    pattern("telephone", rf"(?:\+\s?|(?<!\d)00)81(?:{GAP}\d){{9,11}}(?!\d)", is_telephone),
    pattern("telephone", r"(?<!\d)[789]0-\d{4}-\d{4}(?!\d)"),
    pattern(
        "telephone",
        rf"(?:電話|tel|携帯|ケータイ|☎|連絡先){TO}{{0,8}}(?P<hit>\d{{2,4}}-\d{{4}}){NO_COUNT}",
    ),
    pattern(
        "postal-code",
        rf"(?:〒|(?:郵便|ゆうびん)(?:番号|ばんごう)?){TO}{{0,5}}(?P<hit>\d{{3}}[\s\-の・.、,]{{0,3}}\d{{4}})(?!\d)",
    ),
    pattern("postal-code", rf"(?<![\d\-・])\d{{3}}\s?[\-・]\s?\d{{4}}(?![\-・]){NO_COUNT}"),
)
