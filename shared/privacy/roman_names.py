"""Names of people in Latin letters: satou san, YAMADA Taro, watanabe_kenji."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence

from shared.privacy.lexicon import Token


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: The most frequent family names, as people spell them. The dictionary knows few of them.
_FAMILY = _words(
    """
    sato satou satoh suzuki takahashi tanaka ito itou itoh watanabe yamamoto nakamura kobayashi
    kato katou katoh yoshida yamada sasaki yamaguchi matsumoto inoue kimura hayashi saito saitou
    saitoh shimizu yamazaki yamasaki ikeda hashimoto ishikawa yamashita nakajima nakashima ishii
    ogawa maeda okada hasegawa fujita goto gotou gotoh kondo kondou kondoh murakami endo endou
    endoh aoki sakamoto fukuda ota oota ohta nishimura fujii okamoto fujiwara kaneko miura nakano
    nakagawa harada matsuda takeuchi nakayama wada ishida morita ueda uchida shibata sakai
    miyazaki yokoyama takagi ando andou miyamoto ohno oono kojima kudo kudou taniguchi imai
    takada maruyama masuda sugiyama murata otsuka ootsuka oyama ooyama hirano fujimoto kono kouno
    ueno noguchi takeda matsui iwasaki kinoshita matsuo kikuchi sugimoto furukawa shimada mizuno
    sakurai yoshikawa kitamura yasuda kawaguchi kawasaki iida kawakami kawamura
    """
)
_GIVEN = _words(
    """
    taro tarou jiro jirou saburo saburou ichiro ichirou hanako hiroshi takashi kenji kenta kenichi
    daisuke takuya shota shouta ryota ryouta kazuya naoki tatsuya satoshi makoto akira shinji
    takeshi minoru isamu noboru mamoru yuta yuuta yuto yuuto haruto souta yoko youko keiko kumiko
    mayumi tomoko naomi yumiko kaori megumi misaki nanami ayaka haruka asuka chihiro sachiko
    kazuko noriko hiroko fumiko reiko junko kyoko kyouko michiko yoshiko setsuko masako akiko
    miyuki mariko eriko yuko yuuko shoko shouko hideo masao kazuo toshio yoshio masaru osamu
    hideki koichi kouichi shigeru tsutomu yasuo
    """
)


def _one_of(words: frozenset[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


#: Without it neither shape is looked for; that only saves time.
_LATIN = re.compile(r"[A-Za-z]{3}")
_ALONE = r"(?<![a-z0-9])", r"(?![a-z0-9])"
_BETWEEN = r"(?:[ ._\-/]|, ?)"
_WHOLE = re.compile(
    rf"{_ALONE[0]}(?:(?:{_one_of(_FAMILY)}){_BETWEEN}(?:{_one_of(_GIVEN)})"
    rf"|(?:{_one_of(_GIVEN)}){_BETWEEN}(?:{_one_of(_FAMILY)})){_ALONE[1]}",
    re.IGNORECASE,
)
_CALLED = re.compile(
    rf"{_ALONE[0]}({_one_of(_FAMILY | _GIVEN)})[ \-]?(?:san(?!-?chome)|sama|kun|chan){_ALONE[1]}",
    re.IGNORECASE,
)


def roman_names(text: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """A family name with a given name, and either before san and its kin: from which word to
    before which.
    """
    if _LATIN.search(text) is None:
        return
    starts = [token.start for token in tokens]
    for shape in (_WHOLE, _CALLED):
        for found in shape.finditer(text):
            start, end = found.span(shape.groups)
            yield bisect_right(starts, start) - 1, bisect_left(starts, end)
