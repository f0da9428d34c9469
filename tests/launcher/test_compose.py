"""docker-compose.yml and Dockerfile cannot be started here; what can be known without an engine is checked."""

from __future__ import annotations

import json
import re
import shlex

import jsonschema
import pytest
import yaml

from deploy import prepare_database
from launcher import entrypoints, postgres
from launcher.places import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()

STRINGS = {"type": "array", "items": {"type": "string"}}
CONDITION = {"enum": ["service_started", "service_healthy", "service_completed_successfully"]}
SERVICE = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["image"]}, {"required": ["build"]}],
    "properties": {
        "build": {"type": "string"},
        "cap_drop": STRINGS,
        "command": STRINGS,
        "depends_on": {
            "oneOf": [
                STRINGS,
                {
                    "type": "object",
                    "additionalProperties": {
                        "type": "object",
                        "properties": {"condition": CONDITION},
                        "required": ["condition"],
                        "additionalProperties": False,
                    },
                },
            ]
        },
        "environment": {"type": "object", "additionalProperties": {"type": "string"}},
        "healthcheck": {"type": "object", "required": ["test"]},
        "image": {"type": "string"},
        "init": {"type": "boolean"},
        "logging": {"type": "object", "required": ["driver"]},
        "networks": STRINGS,
        "ports": STRINGS,
        "profiles": STRINGS,
        "read_only": {"type": "boolean"},
        "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
        "security_opt": STRINGS,
        "shm_size": {"type": "string"},
        "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
        "tmpfs": STRINGS,
        "volumes": STRINGS,
    },
}
# The part of the Compose Specification that the file uses.
SCHEMA = {
    "type": "object",
    "required": ["services"],
    "additionalProperties": False,
    "patternProperties": {"^x-": {}},
    "properties": {
        "name": {"type": "string"},
        "services": {"type": "object", "additionalProperties": SERVICE},
        "networks": {"type": "object"},
        "volumes": {"type": "object"},
    },
}


def services() -> dict[str, dict]:
    return COMPOSE["services"]


def test_compose_file_follows_the_specification():
    jsonschema.validate(COMPOSE, SCHEMA)


def test_a_misspelt_key_would_be_seen():
    broken = json.loads(json.dumps(COMPOSE))
    broken["services"]["web"]["enviroment"] = {}

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(broken, SCHEMA)


def test_everything_a_service_names_exists():
    for name, service in services().items():
        assert set(service.get("depends_on", [])) <= services().keys(), name
        assert set(service.get("networks", [])) <= COMPOSE["networks"].keys(), name
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert source in COMPOSE["volumes"] or (ROOT / source).exists(), volume


def test_services_start_what_dev_py_starts():
    assert services()["migrate"]["command"] == ["python", *entrypoints.MIGRATE]
    assert services()["registers"]["command"] == ["python", *entrypoints.LOAD_REGISTERS]
    assert services()["worker"]["command"] == ["python", *entrypoints.WORKER]
    assert services()["roles"]["command"] == ["python", "deploy/prepare_database.py"]


def test_image_starts_the_web_server_that_dev_py_starts():
    command = re.search(r"^CMD (\[.*?\])$", DOCKERFILE.replace("\\\n", ""), re.M)

    assert command
    assert json.loads(command[1]) == ["python", *entrypoints.web("0.0.0.0:8000", log_level="info")]
    assert services()["proxy"]["image"].startswith("caddy:")
    assert "reverse_proxy web:8000" in (ROOT / "deploy" / "Caddyfile").read_text()


def test_image_compiles_the_words_and_collects_the_files():
    build = " ".join(shlex.split(DOCKERFILE.replace("\\\n", ""), comments=True))

    assert " ".join(["python", *entrypoints.COMPILE_WORDS]) in build
    assert "python manage.py collectstatic --no-input" in build
    assert "pip install --require-hashes --requirement requirements/base.txt" in build


def test_program_does_not_run_as_root_and_may_change_nothing():
    assert re.search(r"^USER narvaro$", DOCKERFILE, re.M)
    for name, service in services().items():
        if service["image"] == "narvarobryggan":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name


def test_only_the_steps_that_need_them_know_the_strong_passwords():
    knows = {
        password: {name for name, service in services().items() if password in json.dumps(service)}
        for password in ("ADMIN_PASSWORD", "OWNER_PASSWORD", "WEB_PASSWORD", "WORKER_PASSWORD", "SECRET_KEY")
    }

    assert knows["ADMIN_PASSWORD"] == {"database", "roles"}
    assert knows["OWNER_PASSWORD"] == {"roles", "migrate", "registers", "retention"}
    assert knows["WORKER_PASSWORD"] == {"roles", "worker"}
    assert {"web", "worker"} <= knows["WEB_PASSWORD"]
    assert "proxy" not in knows["SECRET_KEY"] | knows["WEB_PASSWORD"]


def test_only_the_proxy_is_reached_from_outside():
    assert [name for name, service in services().items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert services()["database"]["networks"] == ["inside"]


def test_example_names_every_secret_and_holds_none():
    asked = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text()))
    lines = (ROOT / "deploy" / "example.env").read_text().splitlines()
    given = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))

    assert given.keys() == asked
    assert {name for name, value in given.items() if value} == {"SITE"}


def test_the_owners_password_is_in_no_program_that_stays():
    staying = {name for name, service in services().items() if service.get("restart") == "unless-stopped"}

    assert staying == {"database", "web", "worker", "proxy"}
    for name in staying - {"database"}:
        assert "OWNER_" not in json.dumps(services()[name]), name


def test_what_is_due_is_erased_every_night_by_a_timer_of_the_host():
    service = services()["retention"]
    unit = (ROOT / "deploy" / "nightly.service").read_text()

    assert service["profiles"] == ["nightly"]
    assert service["command"] == ["python", *entrypoints.RETENTION]
    assert "docker compose --profile nightly run --rm --no-TTY retention" in unit
    assert "OnCalendar=*-*-* 02:30:00" in (ROOT / "deploy" / "nightly.timer").read_text()


def test_digests_of_what_was_erased_have_a_key_and_a_file_of_their_own():
    environment = services()["retention"]["environment"]
    mounted = {volume.partition(":")[2] for volume in services()["retention"]["volumes"]}
    example = (ROOT / "deploy" / "example.env").read_text()

    assert environment["RETENTION_KEY"].startswith("${RETENTION_KEY:?")
    assert environment["RETENTION_JOURNAL"].rpartition("/")[0] in mounted
    assert "database" not in json.dumps(services()["retention"]["volumes"])
    assert "RETENTION_KEY=" in example
    assert re.search(r"--owner=narvaro [^\n]*/journal", DOCKERFILE)


def test_the_file_of_examples_names_every_secret_that_is_asked_for():
    asked = set(re.findall(r"\$\{(\w+):\?", (ROOT / "docker-compose.yml").read_text()))
    named = set(re.findall(r"^(\w+)=", (ROOT / "deploy" / "example.env").read_text(), re.M))

    assert asked == named


def test_the_databases_own_log_is_as_quiet_in_all_three_places():
    wanted = prepare_database.QUIET
    arguments = services()["database"]["command"]
    in_compose = dict(part.removeprefix("--").split("=") for part in arguments[1:])
    in_launcher = dict(line.split(" = ") for line in postgres.QUIET.splitlines())

    assert arguments[0] == "postgres"
    assert {name.replace("-", "_"): value for name, value in in_compose.items()} == wanted == in_launcher
