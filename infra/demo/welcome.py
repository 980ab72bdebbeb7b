"""What a newcomer sees after `make run`: addresses and a ready-made key. Development only."""

import asyncio
import sys
from pathlib import Path

from fastapi import FastAPI

from gateway.access.keys import IssueKey, Pepper, issue_key
from gateway.access.service import PEPPER
from gateway.settings import GatewaySettings
from services.kit.crypto import derive


async def development_key(house: FastAPI, settings: GatewaySettings) -> str:
    """Return this folder's own administrator key; it is made once, in a file that only its owner reads."""
    path = settings.data_dir / "development.key"
    known = await asyncio.to_thread(_read, path)
    if known:
        return known
    command = IssueKey(holder="development", roles=["administrator"])
    made = await house.state.own.state.runtime.write(issue_key, command, Pepper(derive(settings.secret_key, PEPPER)))
    await asyncio.to_thread(_keep, path, str(made.key))
    return str(made.key)


def _read(path: Path) -> str:
    return path.read_text().strip() if path.exists() else ""


def _keep(path: Path, key: str) -> None:
    path.touch(mode=0o600)
    path.write_text(f"{key}\n")


async def welcome(house: FastAPI, settings: GatewaySettings, port: int) -> str:
    """Print where to look and return the key."""
    key = await development_key(house, settings)
    base = f"http://127.0.0.1:{port}"
    lines = [
        "Antiphon is running: six services and the gateway in one process, on SQLite.",
        f"  GraphiQL      {base}/graphiql",
        f"  REST          {base}/<service>/v1/…   documents: {base}/survey/openapi.json and so on",
        f"  Mailbox       {settings.data_dir / 'mailbox'}   (.eml files; open one to answer a survey)",
        f"  Health        {base}/readyz",
        f"  Your key      {key}",
        f"                export KEY={key}",
        "Next: `make demo` in another terminal plays a week. Stop with Ctrl-C.",
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
    return key
