"""What is delivered: an image without history and tests, behind a proxy that hides the rest."""

import re
from pathlib import Path

_ROOT = Path(__file__).parents[2]
_PROXY = (_ROOT / "deploy/proxy/nginx.conf").read_text(encoding="utf-8")


def test_the_image_gets_no_history_no_tests_and_no_secrets() -> None:
    lines = (_ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    assert rules[0] == "*"
    let_in = {rule[1:] for rule in rules if rule.startswith("!")}
    parts = {"deploy", "services", "shared", "pyproject.toml", "README.md", "LICENSE"}
    assert let_in == parts | {"requirements.lock"}
    dockerfile = (_ROOT / "deploy/Dockerfile").read_text(encoding="utf-8")
    assert "requirements-dev" not in dockerfile
    assert "COPY --from=build /opt/tsunagi /opt/tsunagi" in dockerfile


def test_the_proxy_shows_nothing_that_only_operators_need() -> None:
    [hidden] = re.findall(r"location ~ (\S+) \{\s+default_type \S+;\s+return 404", _PROXY)
    for path in ("/readyz", "/intake/livez", "/metrics/prometheus", "/referral/prometheus/x"):
        assert re.search(hidden, path), path
    for path in ("/", "/intake/consultations", "/metrics/feed/indicators.json"):
        assert not re.search(hidden, path), path
    assert "server_tokens off;" in _PROXY
    assert "autoindex" not in _PROXY
    assert not re.search(r"\b(root|alias)\b [^;]+;", _PROXY)


def test_the_proxy_says_itself_who_connected() -> None:
    said = dict(re.findall(r"proxy_set_header (\S+) ([^;]+);", _PROXY))
    assert said["X-Forwarded-For"] == "$remote_addr"
    assert said["X-Forwarded-Proto"] == "$scheme"
    assert "proxy_add_x_forwarded_for" not in _PROXY


def test_the_proxy_keeps_no_answer() -> None:
    assert not re.search(r"proxy_cache|proxy_store", _PROXY)


def test_the_proxy_writes_down_no_query() -> None:
    [form] = re.findall(r"log_format line([^;]+);", _PROXY)
    assert "escape=json" in form
    assert "$uri" in form
    assert not re.search(r"\$(request|request_uri|args|query_string|http_\w+)\b", form)
