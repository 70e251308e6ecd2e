"""What the product's code never does: run data as code, start a shell, write its own ciphers."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_FILES = sorted(
    path for room in ("services", "shared", "deploy") for path in _ROOT.glob(f"{room}/**/*.py")
)
_TREES = {
    str(path.relative_to(_ROOT)): ast.parse(path.read_text(encoding="utf-8")) for path in _FILES
}
#: Everything that hashes, signs or draws lots, as it is named in docs/security.md.
_CRYPTOGRAPHY = {
    "argon2.PasswordHasher": "Argon2id",
    "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PrivateKey": "Ed25519",
    "cryptography.hazmat.primitives.asymmetric.ed25519.Ed25519PublicKey": "Ed25519",
    "hashlib.sha256": "SHA-256",
    "hmac.new": "HMAC-SHA-256",
    "joserfc.jwk.KeySet": "RS256",
    "joserfc.jwt": "RS256",
    "secrets.choice": "the system's source of chance",
    "secrets.compare_digest": "constant time",
    "secrets.randbelow": "the system's source of chance",
    "secrets.token_bytes": "the system's source of chance",
    "secrets.token_hex": "the system's source of chance",
    "secrets.token_urlsafe": "the system's source of chance",
    "ssl.create_default_context": "TLS",
}
#: These put the names of our own tables into a statement, and no value.
_NAMING = {
    "services/metrics/storage/comparing.py",
    "services/metrics/storage/shadow.py",
    "shared/database.py",
    "shared/migrations.py",
}
#: Their `text` sets type on paper.
_DRAWING = {"services/metrics/feed/summary_pdf.py", "services/referral/pages/sheet_pdf.py"}
_ROOMS = ("argon2", "cryptography", "hashlib", "hmac", "joserfc", "secrets", "ssl")


def _name(node: ast.expr) -> str:
    """A dotted name as it is written, empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_name(node.value)}.{node.attr}".lstrip(".")
    return ""


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for path, tree in _TREES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                yield path, node


def _imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{one.name}" for one in node.names)


def test_no_data_is_run_as_code() -> None:
    forbidden = {"eval", "exec", "compile", "__import__"}
    assert [(path, one.lineno) for path, one in _calls() if _name(one.func) in forbidden] == []


def test_nothing_is_read_that_could_become_more_than_data() -> None:
    rooms = ("pickle", "marshal", "shelve", "dill", "yaml", "lxml", "xml.sax", "xml.dom")
    found = [
        (path, name)
        for path, tree in _TREES.items()
        for name in _imports(tree)
        if name.startswith(rooms)
    ]
    assert found == []
    reading = {"parse", "fromstring", "XML", "iterparse", "XMLParser", "XMLPullParser"}
    parsed = [
        (path, _name(one.func))
        for path, one in _calls()
        if (name := _name(one.func)).startswith(("ET.", "ElementTree.", "etree."))
        and name.rpartition(".")[2] in reading
    ]
    assert parsed == []


def test_no_shell_is_started_and_other_programs_only_at_deployment() -> None:
    shells = {"os.system", "os.popen", "asyncio.create_subprocess_shell"}
    assert [(path, one.lineno) for path, one in _calls() if _name(one.func) in shells] == []
    given = [(path, word.arg) for path, one in _calls() for word in one.keywords]
    assert [place for place in given if place[1] == "shell"] == []
    starting = [path for path, tree in _TREES.items() if "subprocess" in set(_imports(tree))]
    assert starting
    assert [path for path in starting if not path.startswith("deploy/")] == []


def test_no_template_is_made_from_words() -> None:
    makers = ("from_string", "Template", "Environment")
    found = {path for path, one in _calls() if _name(one.func).rpartition(".")[2] in makers}
    assert found == {"shared/web/rendering.py"}
    rendering = _TREES["shared/web/rendering.py"]
    names = [_name(one.func) for one in ast.walk(rendering) if isinstance(one, ast.Call)]
    assert not [name for name in names if name.endswith(("from_string", ".Template"))]


def _is_constant(node: ast.expr) -> bool:
    """Whether a text is put together from constants of its module alone."""
    if isinstance(node, ast.JoinedStr):
        return all(_is_constant(part) for part in node.values)
    if isinstance(node, ast.FormattedValue):
        return _is_constant(node.value)
    if isinstance(node, ast.BinOp):
        return _is_constant(node.left) and _is_constant(node.right)
    if isinstance(node, ast.Call):
        parts = [*node.args, *(word.value for word in node.keywords)]
        return _is_constant(node.func) and all(map(_is_constant, parts))
    if isinstance(node, ast.Attribute):
        return _is_constant(node.value)
    if isinstance(node, ast.Name):
        return node.id.lstrip("_").isupper()
    return isinstance(node, ast.Constant)


def test_sql_is_written_and_never_put_together_from_values() -> None:
    made = [
        (path, one.lineno)
        for path, one in _calls()
        if not path.startswith("deploy/")
        and "/migrations/" not in path
        and _name(one.func).rpartition(".")[2] in ("text", "exec_driver_sql", "literal_column")
        and one.args
        and isinstance(one.args[0], ast.JoinedStr | ast.BinOp | ast.Call)
        and not _is_constant(one.args[0])
    ]
    assert {path for path, _ in made} == _DRAWING | _NAMING


def test_cryptography_is_what_the_inventory_names() -> None:
    used = set()
    for tree in _TREES.values():
        known = {name for name in _imports(tree) if name.startswith(_ROOMS)}
        modules = known & set(_ROOMS)
        used |= {
            name for name in known - modules if "exceptions" not in name and "errors" not in name
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and _name(node.value) in modules:
                used.add(_name(node))
    assert used == _CRYPTOGRAPHY.keys()
    inventory = (_ROOT / "docs/security.md").read_text(encoding="utf-8")
    assert [word for word in _CRYPTOGRAPHY.values() if word not in inventory] == []


@pytest.mark.parametrize("module", ["random", "Crypto", "nacl", "bcrypt", "passlib", "jwt"])
def test_chance_and_ciphers_come_from_nowhere_else(module: str) -> None:
    found = [
        path
        for path, tree in _TREES.items()
        if any(name.split(".")[0] == module for name in _imports(tree))
    ]
    assert found == []
