"""Settings: environment variables, each described, each checked at start; in production nothing secret has a default."""

import secrets
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from services.kit.crypto import new_token_keys

MINIMUM_SECRET = 32


def prefix(name: str) -> SettingsConfigDict:
    """Return the settings configuration of one service: its own variables start with `name`, the shared ones with ANTIPHON_."""
    return SettingsConfigDict(env_prefix=name, extra="ignore", populate_by_name=True, hide_input_in_errors=True)


def _shared(name: str, own: str | None = None) -> AliasChoices:
    return AliasChoices(name, *([own] if own else []))


class ServiceSettings(BaseSettings):
    """What every service needs to know. Development fills missing secrets from `data_dir/secrets.env`, made once; production refuses to start."""

    model_config = prefix("ANTIPHON_")

    mode: Annotated[
        Literal["development", "production"],
        Field(validation_alias="ANTIPHON_MODE", description="production refuses every default secret and hides the development doors"),
    ] = "development"
    data_dir: Annotated[
        Path, Field(validation_alias="ANTIPHON_DATA_DIR", description="folder of the SQLite files, the mailbox and the development secrets")
    ] = Path("var")
    database_url: Annotated[
        str | None,
        Field(
            validation_alias="ANTIPHON_DATABASE_URL",
            description="postgresql+asyncpg://…; each service uses the schema of its own name. None: one SQLite file per service in data_dir",
        ),
    ] = None
    bus_url: Annotated[
        str | None,
        Field(
            validation_alias="ANTIPHON_BUS_URL",
            description="nats://…; None: events stay in the outbox unless everything runs in one process",
        ),
    ] = None
    public_url: Annotated[
        str, Field(validation_alias="ANTIPHON_PUBLIC_URL", description="address that customers and frontends see; base of every link")
    ] = "http://127.0.0.1:8000"
    smtp_url: Annotated[
        str | None,
        Field(
            validation_alias="ANTIPHON_SMTP_URL",
            description="smtp://user:password@host:587 (STARTTLS), smtps://… or smtp+plain://… (no encryption); None: .eml files in data_dir/mailbox",
        ),
    ] = None
    mail_from: Annotated[str, Field(validation_alias="ANTIPHON_MAIL_FROM", description="sender of every e-mail")] = (
        "Antiphon <voice@antiphon.invalid>"
    )
    secret_key: Annotated[
        SecretStr,
        Field(validation_alias="ANTIPHON_SECRET_KEY", description="at least 32 characters; every link, lot and hash key is derived from it"),
    ] = SecretStr("")
    token_public_key: Annotated[
        str,
        Field(validation_alias="ANTIPHON_TOKEN_PUBLIC_KEY", description="Ed25519 public key (JWK, JSON) that internal tokens are checked with"),
    ] = ""
    token_private_key: Annotated[
        SecretStr,
        Field(validation_alias="ANTIPHON_TOKEN_PRIVATE_KEY", description="Ed25519 private key (JWK, JSON); the gateway alone needs it"),
    ] = SecretStr("")
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(validation_alias="ANTIPHON_LOG_LEVEL", description="least level that is logged")
    ] = "info"
    pool_size: Annotated[
        int, Field(validation_alias="ANTIPHON_POOL_SIZE", ge=1, le=50, description="PostgreSQL connections per process; small pools win")
    ] = 6

    @model_validator(mode="after")
    def _secrets(self) -> Self:
        if self.mode == "development":
            self._fill_from_file()
        if len(self.secret_key.get_secret_value()) < MINIMUM_SECRET:
            raise ValueError("ANTIPHON_SECRET_KEY must be set to at least 32 characters")
        if not self.token_public_key:
            raise ValueError("ANTIPHON_TOKEN_PUBLIC_KEY must be set (make one pair with: python -m services.kit.crypto)")
        return self

    def _fill_from_file(self) -> None:
        if self.secret_key.get_secret_value() and self.token_public_key:
            return
        known = _development_secrets(self.data_dir)
        if not self.secret_key.get_secret_value():
            self.secret_key = SecretStr(known["ANTIPHON_SECRET_KEY"])
        if not self.token_public_key:
            self.token_public_key = known["ANTIPHON_TOKEN_PUBLIC_KEY"]
            self.token_private_key = SecretStr(known["ANTIPHON_TOKEN_PRIVATE_KEY"])


def _development_secrets(data_dir: Path) -> dict[str, str]:
    """Return this folder's own secrets; they are made at the first start, readable by their owner only."""
    path = data_dir / "secrets.env"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        private, public = new_token_keys()
        lines = {
            "ANTIPHON_SECRET_KEY": secrets.token_urlsafe(48),
            "ANTIPHON_TOKEN_PRIVATE_KEY": private,
            "ANTIPHON_TOKEN_PUBLIC_KEY": public,
        }
        draft = path.with_suffix(f".{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
        try:
            path.hardlink_to(draft)  # the first of several starting processes wins, the others read what it wrote
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return dict(line.split("=", 1) for line in path.read_text().splitlines())
