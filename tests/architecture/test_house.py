"""The house keeps its order: small modules, plain names, untouched vendoring."""

import hashlib
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_ROOMS = ("services", "shared", "deploy", "tests")
_MODULES = sorted(path for room in _ROOMS for path in (_ROOT / room).rglob("*.py"))


def test_modules_stay_small() -> None:
    long = [
        f"{path.relative_to(_ROOT)}: {lines}"
        for path in _MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 300
    ]
    assert long == []


def test_every_module_says_what_it_is_for() -> None:
    silent = [
        str(path.relative_to(_ROOT))
        for path in _MODULES
        if (text := path.read_text(encoding="utf-8")) and not text.startswith('"""')
    ]
    assert silent == []


def test_no_module_is_a_drawer_for_everything() -> None:
    drawers = re.compile(r"(utils?|helpers?|common|misc|manager)s?$")
    assert [str(path) for path in _MODULES if drawers.search(path.stem)] == []


def test_nothing_is_left_for_later() -> None:
    marks = re.compile(
        "|".join(["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error", "XX" + "X"])
    )
    files = [*_MODULES, *(_ROOT / "services").rglob("*.html"), *(_ROOT / "shared").rglob("*.css")]
    assert [str(path) for path in files if marks.search(path.read_text(encoding="utf-8"))] == []


def test_domain_reads_no_clock() -> None:
    clock = re.compile(r"(datetime|date)\.(now|today|utcnow)\(|time\.(time|monotonic)\(")
    domain = (_ROOT / "services").glob("*/domain/*.py")
    assert [str(path) for path in domain if clock.search(path.read_text(encoding="utf-8"))] == []


def test_pages_load_nothing_from_elsewhere() -> None:
    elsewhere = re.compile(r"""(src|href|action|url\()\s*=?\s*["']?(https?:)?//""")
    pages = [path for room in ("services", "shared") for path in (_ROOT / room).rglob("*.html")]
    styles = list((_ROOT / "shared/web/static").rglob("*.css"))
    assert pages
    assert styles
    found = [p for p in [*pages, *styles] if elsewhere.search(p.read_text(encoding="utf-8"))]
    assert found == []


@pytest.mark.parametrize("folder", ["web/static/vendor", "paper/vendor"])
def test_vendored_files_are_as_they_were_published(folder: str) -> None:
    vendor = _ROOT / "shared" / folder
    lines = (vendor / "vendor.lock").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    listed = {name: digest for _package, _version, name, digest in rows}
    held = {
        str(path.relative_to(vendor)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in vendor.rglob("*")
        if path.is_file() and path.name != "vendor.lock"
    }
    assert held == listed


def test_locks_name_hashes_and_no_address() -> None:
    for name in ("requirements.lock", "requirements-dev.lock"):
        text = (_ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text
        assert "--index" not in text
        pins = re.findall(r"^[a-z0-9.-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)*", text, re.M)
        assert len(pins) == text.count("==")
        assert all("--hash=sha256:" in pin for pin in pins)
