"""E-mail: SMTP for real, or .eml files in a folder that a newcomer can open."""

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from services.kit.settings import ServiceSettings


@dataclass(frozen=True)
class Mail:
    """One message; `message_id` (with angle brackets) is what makes sending it twice the same as once, where the other side looks at it."""

    message_id: str
    to: str
    subject: str
    text: str
    html: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"


class MailSender(Protocol):
    """Brings a message on its way; raises when it could not, and may be asked again."""

    async def send(self, mail: Mail) -> None:
        """Send, or raise."""


class MailboxFolder:
    """Writes each message to its own .eml file; the same message id is the same file."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Write the file, whole or not at all."""
        await asyncio.to_thread(self._write, mail)

    def _write(self, mail: Mail) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        name = sha256(mail.message_id.encode()).hexdigest()[:24]
        draft = self._folder / f".{name}"
        draft.write_bytes(compose(mail, self._sender).as_bytes(policy=SMTP))
        draft.rename(self._folder / f"{name}.eml")


class SmtpSender:
    """Speaks SMTP with STARTTLS (smtp://), TLS (smtps://) or, for a relay on the same machine, neither (smtp+plain://)."""

    def __init__(self, url: str, sender: str) -> None:
        self._parts = urlsplit(url)
        self._sender = sender

    async def send(self, mail: Mail) -> None:
        """Send; raises aiosmtplib.SMTPException or OSError when the server refuses or is away."""
        import aiosmtplib

        implicit = self._parts.scheme == "smtps"
        plain = self._parts.scheme == "smtp+plain"
        await aiosmtplib.send(
            compose(mail, self._sender),
            hostname=self._parts.hostname,
            port=self._parts.port or (465 if implicit else 587),
            username=unquote(self._parts.username) if self._parts.username else None,
            password=unquote(self._parts.password) if self._parts.password else None,
            use_tls=implicit,
            start_tls=not implicit and not plain,
            tls_context=None if plain else ssl.create_default_context(),
            timeout=20,
        )


def compose(mail: Mail, sender: str) -> EmailMessage:
    """Return the MIME message; header values with line breaks are refused by the library."""
    message = EmailMessage(policy=SMTP)
    message["From"] = sender
    message["To"] = mail.to
    message["Subject"] = mail.subject
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    for name, value in mail.headers.items():
        message[name] = value
    message.set_content(mail.text)
    if mail.html is not None:
        message.add_alternative(mail.html, subtype="html")
    message["Content-Language"] = mail.language  # last: setting the content drops every Content-* header
    return message


def mail_sender(settings: ServiceSettings) -> MailSender:
    """Return the sender that the settings ask for."""
    if settings.smtp_url is None:
        return MailboxFolder(settings.data_dir / "mailbox", settings.mail_from)
    return SmtpSender(settings.smtp_url, settings.mail_from)
