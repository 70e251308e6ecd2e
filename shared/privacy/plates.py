"""Japanese number plates: the regions that stand on them, and their shape."""

from shared.privacy.shapes import NO_COUNT, TO, Pattern, one_of, pattern

# As the transport offices name them, the regional plates with them.
_REGIONS = """
    札幌 函館 旭川 室蘭 苫小牧 釧路 知床 帯広 十勝 北見 青森 弘前 八戸 岩手 盛岡 平泉 奥州 宮城
    仙台 秋田 山形 庄内 福島 会津 郡山 白河 いわき 水戸 土浦 つくば 宇都宮 とちぎ 那須 日光 群馬
    前橋 高崎 大宮 川口 所沢 川越 熊谷 春日部 越谷 千葉 成田 習志野 市川 船橋 袖ヶ浦 袖ケ浦 市原
    野田 柏 松戸 品川 世田谷 練馬 杉並 板橋 足立 江東 葛飾 江戸川 八王子 多摩 横浜 川崎 湘南 相模
    山梨 富士山 新潟 長岡 上越 富山 石川 金沢 福井 長野 松本 諏訪 安曇野 南信州 岐阜 飛騨 静岡
    浜松 沼津 伊豆 名古屋 豊橋 三河 岡崎 豊田 尾張小牧 一宮 春日井 三重 鈴鹿 四日市 伊勢志摩 滋賀
    京都 大阪 なにわ 和泉 堺 神戸 姫路 奈良 飛鳥 和歌山 鳥取 島根 出雲 岡山 倉敷 広島 福山 山口
    下関 徳島 香川 高松 愛媛 高知 福岡 北九州 久留米 筑豊 佐賀 長崎 佐世保 熊本 大分 宮崎 鹿児島
    奄美 沖縄
    """

#: Each name once.
REGIONS = frozenset(_REGIONS.split())

#: What may stand between the parts: dots stand for digits that a plate has not.
_GAP = r"[\s\-・、,.]{0,3}"
_KANA = "[あ-けこさ-もや-りるれろわをア-ケコサ-モヤ-リルレロワヲ]"
#: Not a word between two numbers: 120に12-34.
_NO_PARTICLE = "[あいうえきくけこさしすせそたちつてなぬねひふほまみむめらりるれろわ]"
_LABEL = "(?:(?<!マイ)ナンバー|車両番号|登録番号|プレート|車番)"
_SERIAL = r"\d(?:[\s\-・.]{0,2}\d){0,3}"

_OF = "[の「」()]{0,2}"
_REGION = rf"(?:{one_of(REGIONS)})"

PLATES: tuple[Pattern, ...] = (
    pattern(
        "car-plate",
        rf"{_REGION}{_GAP}\d{{2,3}}[a-z]?{_GAP}{_KANA}{_GAP}{_SERIAL}{NO_COUNT}",
    ),
    pattern(
        "car-plate",
        rf"{_LABEL}{TO}{{0,6}}(?P<hit>\d{{2}}-\d{{2}}|\d{{3}}{_GAP}[ぁ-んァ-ン]{_GAP}{_SERIAL})(?!\d)",
    ),
    pattern(
        "car-plate",
        rf"{_REGION}の?\d{{2,3}}[a-z]?{_OF}{_NO_PARTICLE}{_OF}{_SERIAL}{NO_COUNT}",
    ),
    pattern("car-plate", rf"(?<!\d)\d{{3}}{_NO_PARTICLE}\d{{2}}-\d{{2}}(?!\d)"),
    pattern(
        "car-plate",
        rf"{_LABEL}{TO}{{0,6}}?(?P<hit>・{{1,3}}\s?-?\s?\d{{1,3}}){NO_COUNT}",
    ),
    pattern(
        "car-plate",
        rf"(?:(?<!マイ)ナンバー|プレート)\s?[はが:]?\s?(?P<hit>\d{{4}}){NO_COUNT}",
    ),
)
