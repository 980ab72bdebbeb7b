"""What stands in infra/ for Docker is true: it fits the compose specification, the services and their settings."""

import asyncio
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import yaml
from sqlalchemy import make_url

from infra.migrate import ROOMS as MIGRATED
from infra.migrate_all import GATEWAY, ROOMS, ROOT, SERVICES, make_roles, role_of
from services.kit.settings import ServiceSettings
from tests.support.server_files import nats_binary
from tests.support.servers import drop_database, fresh_database, shared_postgres

INFRA = ROOT / "infra"
VARIABLE = re.compile(r"\$\{(\w+)([^}]*)\}")
PUBLIC_KEY = '{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}'


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load((INFRA / "compose.yaml").read_text())
    return document


def filled(text: str) -> str:
    """The text as compose interpolates it when infra/.env holds long enough values."""
    known = {"ANTIPHON_TOKEN_PUBLIC_KEY": PUBLIC_KEY}
    return VARIABLE.sub(lambda found: known.get(found[1], f"{found[1]}-{'x' * 40}"), text)


def settings_class(room: str) -> type[ServiceSettings]:
    package = GATEWAY if room == GATEWAY else f"services.{room}"
    found: type[ServiceSettings] = getattr(importlib.import_module(f"{package}.settings"), f"{room.capitalize()}Settings")
    return found


def variables_of(settings: type[ServiceSettings]) -> set[str]:
    """The environment variables that a settings class reads."""
    prefix = str(settings.model_config.get("env_prefix", ""))
    return {
        field.validation_alias if isinstance(field.validation_alias, str) else f"{prefix}{name}".upper()
        for name, field in settings.model_fields.items()
    }


def test_the_compose_file_follows_the_compose_specification() -> None:
    pytest.importorskip("check_jsonschema", reason="the specification's schema comes with check-jsonschema")
    checked = subprocess.run(  # noqa: S603  our own file
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(INFRA / "compose.yaml")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_every_service_runs_in_compose_and_nothing_else_does(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {*ROOMS, "postgres", "nats", "migrate"}
    assert set(ROOMS) == set(MIGRATED)
    assert {path.parent.name for path in (ROOT / "services").glob("*/models*") if path.parent.name != "kit"} == set(SERVICES)


@pytest.mark.parametrize("room", ROOMS)
def test_a_service_is_started_by_a_command_that_exists(compose: dict[str, Any], room: str) -> None:
    command = compose["services"][room]["command"]
    target = next(word for word in command if ":" in word)
    module, attribute = target.split(":")
    assert command[0] == "uvicorn"
    assert target == ("gateway.app:split" if room == GATEWAY else f"services.{room}.app:app")
    assert callable(getattr(importlib.import_module(module), attribute))
    assert ("--factory" in command) == (room == GATEWAY)


@pytest.mark.parametrize("room", ROOMS)
def test_a_service_is_asked_for_its_readiness_at_an_address_it_has(compose: dict[str, Any], room: str) -> None:
    probe = compose["services"][room]["healthcheck"]["test"]
    assert f"http://127.0.0.1:8000/{room}/readyz" in probe[-1]


@pytest.mark.parametrize("room", ROOMS)
def test_a_service_accepts_the_settings_that_compose_gives_it(
    compose: dict[str, Any], room: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = {name: filled(str(value)) for name, value in compose["services"][room]["environment"].items()}
    settings = settings_class(room)
    assert set(given) <= variables_of(settings)
    for name in [name for name in os.environ if name.startswith("ANTIPHON_")]:
        monkeypatch.delenv(name)
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    read = settings()
    assert read.mode == "production"
    assert make_url(str(read.database_url)).username == role_of(room)
    assert bool(read.token_private_key.get_secret_value()) == (room == GATEWAY)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["ANTIPHON_SECRET_KEY", "ANTIPHON_TOKEN_PUBLIC_KEY"])
def test_a_service_in_production_refuses_to_start_without_a_secret(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"ANTIPHON_MODE": "production", "ANTIPHON_SECRET_KEY": "x" * 40, "ANTIPHON_TOKEN_PUBLIC_KEY": PUBLIC_KEY}
    for name in {*given, *(name for name in os.environ if name.startswith("ANTIPHON_"))}:
        monkeypatch.delenv(name, raising=False)
    for name, value in given.items():
        if name != missing:
            monkeypatch.setenv(name, value)
    with pytest.raises(ValueError, match=missing):
        ServiceSettings()


def test_the_gateway_knows_where_every_service_answers(compose: dict[str, Any]) -> None:
    urls = yaml.safe_load(compose["services"][GATEWAY]["environment"]["ANTIPHON_SERVICE_URLS"])
    assert urls == {name: f"http://{name}:8000" for name in SERVICES}


def test_every_secret_of_compose_stands_without_a_value_in_the_example_and_has_no_default(compose: dict[str, Any]) -> None:
    asked = {found[1]: found[2] for found in VARIABLE.finditer(yaml.safe_dump(compose, width=10_000))}
    offered = dict(line.split("=", 1) for line in (INFRA / ".env.example").read_text().splitlines() if line and not line.startswith("#"))
    assert set(offered) == set(asked)
    assert set(offered.values()) == {""}
    assert set(asked.values()) == {":?set it in infra/.env"}


def test_the_migrations_connect_as_each_service_itself(compose: dict[str, Any]) -> None:
    given = {name: make_url(filled(value)).username for name, value in compose["services"]["migrate"]["environment"].items()}
    assert given == {"ANTIPHON_DATABASE_URL": "antiphon"} | {f"ANTIPHON_{room.upper()}_DATABASE_URL": role_of(room) for room in ROOMS}


def test_the_image_holds_only_what_exists_and_does_not_run_as_root() -> None:
    lines = (INFRA / "Dockerfile").read_text().splitlines()
    copied = [word for line in lines if line.startswith("COPY ") and "--from" not in line for word in line.split()[1:-1]]
    assert {name for name in copied if not (ROOT / name).exists()} == set()
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:10001"]
    assert all(line.startswith("CMD [") for line in lines if line.startswith(("CMD", "ENTRYPOINT")))


def test_the_configuration_of_nats_is_accepted_by_nats() -> None:
    checked = subprocess.run(  # noqa: S603  our own file
        [str(nats_binary()), "-t", "-c", str(INFRA / "nats" / "nats.conf")],
        env={"NATS_TOKEN": "t" * 40},
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr


async def test_a_service_reaches_its_own_schema_and_no_other() -> None:
    server = await asyncio.to_thread(shared_postgres)
    url = await fresh_database(server)
    passwords = {room: f"it's-{room}" for room in ROOMS}
    await make_roles(url, passwords)
    await make_roles(url, passwords)
    own = make_url(url).set(drivername="postgresql", username=role_of("survey"), password=passwords["survey"])
    connection = await asyncpg.connect(own.render_as_string(hide_password=False))
    try:
        await connection.execute("CREATE TABLE answer (id int)")
        assert await connection.fetchval("SELECT to_regclass('survey.answer') IS NOT NULL")
        for refused in ("CREATE TABLE feedback.item (id int)", "CREATE TABLE public.item (id int)", "CREATE SCHEMA more", "CREATE ROLE more"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(refused)
    finally:
        await connection.close()
        await drop_database(server, url)
