"""In production nothing secret has a default: without one the house does not start and names the variable; the development doors are gone."""

import os
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import ValidationError

from gateway.app import create_gateway, split
from gateway.clients.transport import AsgiTransport
from services.kit.bus import InProcessBus
from services.kit.clock import SteppingClock
from services.kit.crypto import new_token_keys
from services.kit.service import House, create_app
from services.kit.settings import ServiceSettings
from tests.support.doors import NAMES, SERVICES
from tests.support.room import START

PRIVATE, PUBLIC = new_token_keys()
SECRETS = {"ANTIPHON_SECRET_KEY": "k" * 32, "ANTIPHON_TOKEN_PUBLIC_KEY": PUBLIC, "ANTIPHON_TOKEN_PRIVATE_KEY": PRIVATE}


@pytest.fixture(autouse=True)
def production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Set the mode, an empty data folder, and no secret."""
    for name in SECRETS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ANTIPHON_MODE", "production")
    monkeypatch.setenv("ANTIPHON_DATA_DIR", str(tmp_path))


def give(monkeypatch: pytest.MonkeyPatch, *but: str, **other: str) -> None:
    for name, value in {**SECRETS, **other}.items():
        if name not in but:
            monkeypatch.setenv(name, value)


async def refusal(service: str) -> str:
    """Start the service by its settings alone and return why it does not start."""
    app = create_app(SERVICES[service], House(background=False))
    with pytest.raises((ValidationError, RuntimeError)) as refused:
        async with app.router.lifespan_context(app):
            pass
    return str(refused.value)


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_does_not_start_without_a_secret_and_names_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str) -> None:
    assert "ANTIPHON_SECRET_KEY must be set to at least 32 characters" in await refusal(service)
    give(monkeypatch, ANTIPHON_SECRET_KEY="too short")
    short = await refusal(service)
    assert "ANTIPHON_SECRET_KEY must be set to at least 32 characters" in short
    assert "too short" not in short
    give(monkeypatch, "ANTIPHON_TOKEN_PUBLIC_KEY")
    monkeypatch.delenv("ANTIPHON_TOKEN_PUBLIC_KEY")
    missing = await refusal(service)
    assert "ANTIPHON_TOKEN_PUBLIC_KEY must be set" in missing
    assert not [secret for secret in (SECRETS["ANTIPHON_SECRET_KEY"], PRIVATE) if secret in missing]
    assert os.listdir(tmp_path) == []  # noqa: PTH208  a look at an empty folder


async def test_the_gateway_does_not_start_without_the_key_it_signs_with(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, "ANTIPHON_TOKEN_PRIVATE_KEY")
    app = create_gateway({name: AsgiTransport(create_app(SERVICES[name])) for name in NAMES}, house=House(background=False))
    with pytest.raises(RuntimeError, match="ANTIPHON_TOKEN_PRIVATE_KEY must be set"):
        async with app.router.lifespan_context(app):
            pass


async def test_the_gateway_in_front_of_processes_needs_their_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValidationError, match="ANTIPHON_SECRET_KEY"):
        split()
    give(monkeypatch)
    monkeypatch.delenv("ANTIPHON_SERVICE_URLS", raising=False)
    with pytest.raises(ValueError, match="ANTIPHON_SERVICE_URLS names no address of"):
        split()


@pytest.mark.parametrize("service", SERVICES)
def test_a_refused_start_does_not_print_the_secrets_that_were_given(monkeypatch: pytest.MonkeyPatch, service: str) -> None:
    give(monkeypatch, "ANTIPHON_TOKEN_PUBLIC_KEY", "ANTIPHON_TOKEN_PRIVATE_KEY", ANTIPHON_SECRET_KEY="abcdefghijklmnopqrstuvwxyz-0123456789")
    monkeypatch.delenv("ANTIPHON_DATA_DIR")
    with pytest.raises(ValidationError) as refused:
        SERVICES[service].settings()
    assert "ANTIPHON_TOKEN_PUBLIC_KEY must be set" in str(refused.value)
    assert "0123456789" not in str(refused.value)


def test_secrets_are_not_shown_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch)
    for service in SERVICES.values():
        shown = repr(service.settings()) + str(service.settings().model_dump())
        assert not [secret for secret in (SECRETS["ANTIPHON_SECRET_KEY"], PRIVATE) if secret in shown]


@pytest.mark.parametrize("mode", ["production", "development"])
@pytest.mark.parametrize("service", SERVICES)
async def test_nobody_moves_the_clock_of_a_house_in_production(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, service: str, mode: str) -> None:
    give(monkeypatch, ANTIPHON_MODE=mode)
    settings: ServiceSettings = SERVICES[service].settings()
    clock = SteppingClock(START)
    app = create_app(SERVICES[service], House(bus=InProcessBus(), clock=clock, settings=settings, background=False))
    async with app.router.lifespan_context(app), httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://antiphon.test") as client:
        answer = await client.put(f"/{service}/dev/clock", json={"now": "2026-12-24T18:00:00Z"}, headers=bearer(service))
    expected: tuple[int, Any] = (404, START) if mode == "production" else (200, clock.now())
    assert (answer.status_code, clock.now()) == expected
    assert (clock.now() == START) is (mode == "production")
    assert not (tmp_path / "secrets.env").exists()


def bearer(service: str) -> dict[str, str]:
    """Return a token that may move the clock."""
    from services.kit.auth import Principal, sign_token

    keeper = Principal("keeper", frozenset(), frozenset({"clock:move", f"{service}:admin"}))
    return {"authorization": f"Bearer {sign_token(PRIVATE, keeper, audience=service, now=START)}"}
