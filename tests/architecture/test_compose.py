"""`compose.yaml` is valid, starts every process there is, and gives nothing away."""

import json
import re
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import click
import jsonschema_rs
import pytest
import yaml

from deploy.cli import main
from deploy.production import shortcomings
from deploy.redis_users import OPERATOR, PROCESSES, acl_file, hashed
from deploy.serving import SERVICES as NAMES
from shared.settings import load_settings

TOP = Path(__file__).parent.parent.parent
TEXT = (TOP / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if one["image"] == "tsunagi"}
SERVING = {name: one for name, one in OURS.items() if name not in ("migrate", "tools")}
_SAFE = {
    "TSUNAGI_URL": "https://tsunagi.city.example",
    "REDIS_URL": "redis://web:k7QxmV2pZr9TdW4c@localhost",
}
SECRET = re.compile(r"PASSWORD|SECRET|TOKEN|_KEY|DATABASE_URL|REDIS_URL")


def started_by(command: list[str]) -> tuple[click.Command, dict[str, Any]]:
    """The command that the image's entry point runs with these words, and what it is given."""
    name, found, rest = main.resolve_command(click.Context(main), list(command))
    assert found is not None
    return found, found.make_context(name, rest).params


def test_it_follows_the_compose_specification() -> None:
    schema = json.loads(
        (Path(__file__).parent / "compose-spec/compose-spec.json").read_text(encoding="utf-8")
    )
    faults = jsonschema_rs.validator_for(schema).iter_errors(COMPOSE)
    assert [f"{fault.instance_path}: {fault.message}" for fault in faults] == []


def test_every_process_is_there_once() -> None:
    serving = [started_by(one["command"]) for one in SERVING.values()]
    assert all(command.name == "serve" for command, _ in serving)
    started = sorted((params["service"], params["parts"]) for _, params in serving)
    webs = [(service, "web") for service in NAMES]
    workers = [(service, "worker") for service in NAMES]
    assert started == sorted(webs + workers)


def test_databases_are_brought_up_to_date_before_anything_serves() -> None:
    command, _ = started_by(OURS["migrate"]["command"])
    assert command.name == "migrate"
    assert OURS["migrate"]["restart"] == "no"
    for name, one in OURS.items():
        if name != "migrate":
            wanted = one["depends_on"]["migrate"]["condition"]
            assert wanted == "service_completed_successfully", name


def test_only_the_proxy_is_reached_from_outside() -> None:
    assert [name for name, one in SERVICES.items() if one.get("ports")] == ["proxy"]
    assert [name for name, one in SERVICES.items() if "network_mode" in one] == []
    for name, one in SERVICES.items():
        in_front = name == "proxy" or name.endswith("-web")
        assert ("front" in one["networks"]) == in_front, name
    assert "back" not in SERVICES["proxy"]["networks"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert "${TSUNAGI_LISTEN:-127.0.0.1:8000}:8080" in SERVICES["proxy"]["ports"]


@pytest.mark.parametrize("name", SERVICES)
def test_each_is_checked_and_can_do_little(name: str) -> None:
    one = SERVICES[name]
    if one["restart"] != "no":
        assert one["healthcheck"]["test"], name
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert one["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & one.keys()
    assert one.get("user", "root") != "root" or one["image"] == "tsunagi"


def test_no_secret_has_a_value() -> None:
    for name, one in SERVICES.items():
        for variable in one.get("environment", {}):
            assert not SECRET.search(variable) or variable.endswith("_FILE"), (name, variable)
        given = {f"/run/secrets/{secret}" for secret in one.get("secrets", ())}
        read = set(re.findall(r"/run/secrets/\w+", json.dumps(one)))
        assert read == given, name
    for name, secret in COMPOSE["secrets"].items():
        assert secret == {"file": f"./secrets/{name}"}
    assert not [word for word in re.findall(r"\$\{(\w+)", TEXT) if SECRET.search(word)]


def test_each_process_knows_its_own_database_alone() -> None:
    for name, one in SERVING.items():
        service, _, part = name.partition("-")
        redis_user = "web" if part == "web" else service
        wanted = {"identity_database_url", f"{redis_user}_redis_url", f"{service}_database_url"}
        wanted |= {"audit_secret"} if part == "worker" else set()
        assert set(one["secrets"]) == wanted, name


def test_only_workers_sign_and_where_they_do_stays() -> None:
    kept = "audit:/var/lib/tsunagi/audit"
    keeping = {name for name, one in OURS.items() if kept in one.get("volumes", ())}
    assert keeping == {f"{name}-worker" for name in NAMES}
    assert OURS["tools"]["volumes"] == ["audit:/var/lib/tsunagi/audit:ro"]


def test_secrets_are_made_once_and_by_the_names_that_are_read(tmp_path: Path) -> None:
    script = TOP / "deploy/compose-secrets"
    folder = tmp_path / "secrets"

    def run() -> int:
        command = [str(script), str(folder)]
        return subprocess.run(command, check=False, capture_output=True).returncode

    assert run() == 0
    made = {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}
    assert made.keys() == COMPOSE["secrets"].keys()
    assert len(set(made.values())) == len(made)
    assert folder.stat().st_mode & 0o777 == 0o700
    words = {name: made[f"{name}_redis_url"].split(":")[2].split("@")[0] for name in PROCESSES}
    words[OPERATOR] = made["redis_operator_password"].strip()
    assert load_settings({"REDIS_URL": "x", "TSUNAGI_AUDIT_SECRET": made["audit_secret"].strip()})
    assert made["redis_acl"] == acl_file(hashed(words))
    assert run() == 1
    assert made == {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def test_only_the_proxys_network_forwards() -> None:
    [front] = COMPOSE["networks"]["front"]["ipam"]["config"]
    for name, one in SERVING.items():
        told = one["environment"]
        assert told["FORWARDED_ALLOW_IPS"] == front["subnet"], name
        assert f"{told['TSUNAGI_LISTEN']}:8080" in SERVICES["proxy"]["ports"], name
    default = re.sub(r"\$\{\w+:-(.*)\}", r"\1", front["subnet"])
    assert shortcomings(load_settings(_SAFE | {"FORWARDED_ALLOW_IPS": default})) == []


def test_the_proxy_knows_every_web_process() -> None:
    rules = (TOP / "deploy/proxy/nginx.conf").read_text(encoding="utf-8")
    named = set(re.findall(r"\b\w+-web\b", rules))
    assert named == {name for name in OURS if name.endswith("-web")}


def test_the_image_runs_without_rights_and_installs_by_hash() -> None:
    lines = (TOP / "deploy/Dockerfile").read_text(encoding="utf-8").splitlines()
    assert "USER 10001:10001" in lines[lines.index("FROM ${BASE}") :]
    assert 'ENTRYPOINT ["tsunagi"]' in lines
    installs = [line for line in lines if line.startswith("RUN pip install")]
    assert all("--require-hashes" in line or "--no-deps" in line for line in installs)


def test_the_image_holds_every_file_that_is_read() -> None:
    settings = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = ["*.py", "*.pyc", *settings["tool"]["setuptools"]["package-data"]["*"]]
    missing = [
        str(path.relative_to(TOP))
        for folder in ("services", "shared", "deploy/plans")
        for path in (TOP / folder).rglob("*")
        if path.is_file() and not any(fnmatch(path.name, pattern) for pattern in patterns)
    ]
    assert [path for path in missing if not path.endswith(("vendor.lock", "README.md"))] == []
