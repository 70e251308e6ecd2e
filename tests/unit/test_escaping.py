"""Whatever somebody wrote is shown as words: in pages and in drawings no markup comes of it."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from services.metrics.pages.charts import Plot, Point, draw
from shared.web.rendering import make_templates

_ROOT = Path(__file__).parent.parent.parent
_METRICS = _ROOT / "services/metrics/pages/templates"
_HOSTILE = (
    "<script>alert(1)</script>",
    '"><script>alert(1)</script>',
    "' onload='alert(1)",
    "</title><image href='x'/>",
    "&lt;b&gt;",
    "]]><!--",
    "{{ 7 * 7 }}",
)


def _svg(words: str) -> ET.Element:
    points = [
        Point(words, date(year, 4, 1), date(year + 1, 3, 31), Decimal(year), words, words)
        for year in (2024, 2025)
    ]
    plot = Plot(f"id-{words}", words, words, points, 0, bars=True)
    drawing = draw(plot)
    template = make_templates(_METRICS).from_string(
        '{% from "chart.html" import svg %}{{ svg(d) }}'
    )
    return ET.fromstring(template.render(d=drawing))  # noqa: S314  our own drawing


@pytest.mark.parametrize("words", _HOSTILE)
def test_a_drawing_has_the_same_parts_whatever_it_says(words: str) -> None:
    plain, hostile = _svg("ことば"), _svg(words)
    assert [one.tag for one in plain.iter()] == [one.tag for one in hostile.iter()]
    for one, other in zip(plain.iter(), hostile.iter(), strict=True):
        assert one.attrib.keys() == other.attrib.keys()
    assert hostile.findtext("title") == words
    assert hostile.findtext("desc") == words


def test_nothing_passes_by_the_escaping() -> None:
    templates = [*_ROOT.glob("services/**/*.html"), *_ROOT.glob("shared/**/*.html")]
    assert len(templates) > 40
    for path in templates:
        assert not re.search(r"\|\s*safe\b|autoescape", path.read_text(encoding="utf-8")), path
    for folder in ("services", "shared"):
        for path in (_ROOT / folder).rglob("*.py"):
            assert "Markup(" not in path.read_text(encoding="utf-8"), path
    assert make_templates(_METRICS).from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"
