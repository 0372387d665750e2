"""What can be told about the image, the compose file and the public files without running them."""

from __future__ import annotations

import re
import subprocess
from datetime import date
from typing import Any

import pytest
import yaml

from goldenthread.settings.environment import read
from tests.architecture.sources import ROOT, kept_files, name_of

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("image", "").startswith("golden-thread")}
GIVEN = {"SECRET_KEY": "s" * 60, "SITE": "thread.example.org", "DATABASE_PASSWORD": "pw", "MAIL_FROM": "a@example.org"}


def filled(value: str) -> str:
    """A value as compose would fill it from ``.env``."""
    return re.sub(
        r"\$\{(\w+)(?::([-?])([^}]*))?\}",
        lambda found: GIVEN.get(found[1]) or (found[3] if found[2] == "-" else ""),
        value,
    )


def test_every_part_of_the_production_shape_is_there() -> None:
    assert set(SERVICES) == {
        "postgres", "redis", "migrate", "web-1", "web-2", "worker", "beat", "proxy", "mailpit",
    }  # fmt: skip
    assert {name: service["command"] for name, service in OURS.items()} == {
        "migrate": ["migrate"],
        "web-1": ["serve"],
        "web-2": ["serve"],
        "worker": ["worker"],
        "beat": ["beat"],
    }


@pytest.mark.parametrize("name", sorted(OURS))
def test_each_process_of_ours_would_start_with_its_environment(name: str) -> None:
    environment = read({key: filled(value) for key, value in OURS[name]["environment"].items()})
    assert environment.is_production
    assert not environment.is_embedded
    assert environment.database_url == "postgres://golden:pw@postgres:5432/golden"
    assert environment.redis_url == "redis://redis:6379/0"
    assert environment.trusted_proxy_count == 1
    assert environment.smtp_url == "smtp://mailpit:1025"


def test_what_must_be_given_is_asked_for_with_a_sentence() -> None:
    asked = set(re.findall(r"\$\{(\w+):\?[^}]{5,}\}", (ROOT / "docker-compose.yml").read_text("utf-8")))
    assert asked == set(GIVEN)


def test_only_one_process_migrates_and_the_others_wait_for_it() -> None:
    for name in ("web-1", "web-2", "worker", "beat"):
        assert OURS[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    assert OURS["migrate"]["restart"] == "no"


def test_the_broker_keeps_what_it_is_given() -> None:
    command = SERVICES["redis"]["command"]
    assert command[command.index("--maxmemory-policy") + 1] == "noeviction"
    assert command[command.index("--appendonly") + 1] == "yes"


def test_no_database_or_broker_is_reachable_from_outside() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy", "mailpit"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["mailpit"]["ports"])


def test_the_proxy_knows_every_web_process() -> None:
    caddy = (ROOT / "ops" / "Caddyfile").read_text("utf-8")
    assert set(re.findall(r"\b(web-\d+):8000", caddy)) == {name for name in OURS if name.startswith("web")}


def test_the_image_is_built_from_what_exists_and_does_not_run_as_root() -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ").splitlines()
    copied = [
        source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    ]
    assert copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    assert [line for line in lines if line.startswith("USER ")][-1] == "USER golden"
    assert any("--require-hashes" in line for line in lines)
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert not set(copied) & set(ignored)


def test_every_yaml_file_can_be_read() -> None:
    files = [path for path in kept_files() if path.suffix in (".yml", ".yaml")]
    assert len(files) > 2
    for path in files:
        assert list(yaml.safe_load_all(path.read_text("utf-8"))), name_of(path)


@pytest.mark.parametrize("script", [".ci/run", ".ci/check", ".ci/prepare"])
def test_scripts_parse_and_can_be_run(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111
    done = subprocess.run(["bash", "-n", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_publiccode_says_what_the_standard_asks_for() -> None:
    """https://yml.publiccode.tools/: the mandatory keys but ``url``, which is whoever publishes it to say."""
    said = yaml.safe_load((ROOT / "publiccode.yml").read_text("utf-8"))
    for key in ("publiccodeYmlVersion", "name", "softwareVersion", "platforms", "developmentStatus", "softwareType"):
        assert said[key]
    assert date.fromisoformat(said["releaseDate"])
    assert said["legal"]["license"] == "MIT"
    assert said["maintenance"]["contacts"]
    english = said["description"]["en"]
    assert len(english["shortDescription"]) <= 150
    assert 150 <= len(english["longDescription"]) <= 10_000
    assert english["features"]
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert version is not None
    assert said["softwareVersion"] == version[1]


def test_make_alone_prints_every_target() -> None:
    shown = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for target in ("demo", "test", "check", "bench", "drill", "clean", "help"):
        assert re.search(rf"^  {target} +\S", shown, re.MULTILINE), shown
