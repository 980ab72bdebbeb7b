"""Reading an e-mail (RFC 5322, MIME): who wrote it, when, and what in their own words; and whether a person wrote it at all.

Written for what arrives, not for what is allowed: odd headers, unknown charsets and cut-off messages give what can be read of them.
"""

# ruff: noqa: RUF001 - the words are of many languages

import codecs
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header
from email.message import Message
from email.policy import compat32
from email.utils import parsedate_to_datetime
from hashlib import sha256

from services.feedback.domain.mail_quotes import own_words, words_of_html

MOST_BYTES = 256 * 1024
"""So much of a message is read: its words stand before what is attached to them."""
MOST_BOUNDARIES = 24
"""Parts within parts make reading slow; no mail programme nests more."""
MOST_WORDS, LONGEST_TEXT, LONGEST_HEADER, LONGEST_ID = 60_000, 20_000, 1_000, 200
"""Signs of a message in which its own words are looked for, and of what an item keeps."""
BULK = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})

_AUTOMATIC_SUBJECT = re.compile(
    r"\s*(?:automatic reply|auto[- ]?reply|autoreply|auto(?:mated)? response|out of (?:the )?office|ooo:|abwesenheitsnotiz|automatische antwort|"
    r"réponse automatique|absence du bureau|respuesta automática|fuera de la oficina|resposta automática|risposta automatica|automatisch antwoord|"
    r"автоматический ответ|автоответ|自动回复|自動回覆|自動返信|otomatik yanıt|رد تلقائي|undeliver(?:able|ed)|delivery status notification|"
    r"returned mail|mail delivery failed|failure notice)",
    re.IGNORECASE,
)
_FORWARD = re.compile(r"\s*(?:fwd?|wg|tr|rv|enc|i|doorst|пересл|转发|轉寄|转寄|ilt)\s*[:：]", re.IGNORECASE)
_ANSWER = re.compile(r"\s*(?:(?:re|aw|antw|sv|rép|res|odp|rif|r|ynt|回复|回覆|答复|отв|رد)\s*(?:\[\d{1,3}\])?\s*[:：]\s*)+", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"<([^<>\s@]{1,64}@[^<>\s@]{1,190})>")
_BARE = re.compile(r"[^\s<>,;:\"()@]{1,64}@[^\s<>,;:\"()@]{1,190}")
_CHARSETS = {
    "ks_c_5601-1987": "cp949", "euc-kr": "cp949", "gb2312": "gb18030", "gbk": "gb18030", "x-gbk": "gb18030", "iso-8859-1": "cp1252",
    "latin-1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252", "iso-8859-8-i": "iso-8859-8", "x-sjis": "cp932", "shift_jis": "cp932",
    "windows-874": "cp874", "unicode-1-1-utf-7": "utf-7", "iso-8859-6-i": "iso-8859-6",
}  # fmt: skip
"""What programmes call a charset, and what they then really write."""
_NO_CHARSETS = frozenset({"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
"""Codecs of Python that no mail is written in; one of them takes time that grows with the square."""


@dataclass(frozen=True, slots=True)
class MailRead:
    """An e-mail as it is heard. `text` is what its writer added, still unmasked."""

    message_id: str
    """The Message-ID without its brackets; made from sender, date, subject and words where there is none that can be kept."""
    sender: str | None
    """The address to answer to, in lower case."""
    subject: str
    text: str
    sent_at: datetime | None
    automatic: str | None
    """Why nobody's voice is in it: `auto-submitted`, `bounce`, `list`, `subject` or `empty`; None for what a person wrote."""


def read_mail(raw: bytes) -> MailRead | None:
    """Return what is in a message; None for what is no message, or nests its parts so deeply that nobody means well with it."""
    cut = raw[:MOST_BYTES]
    if cut.lower().count(b"boundary=") > MOST_BOUNDARIES:
        return None
    try:
        message = message_from_bytes(cut, policy=compat32)
    except RecursionError:
        return None
    if not message.keys():
        return None
    subject = _header(message, "Subject")
    whole = _words(message)
    text = whole if _FORWARD.match(subject) else own_words(whole)
    title = _ANSWER.sub("", subject)
    sent_at, sender = _sent_at(message), _sender(message)
    told = _header(message, "Message-ID").strip().strip("<>").strip()
    if not told or len(told) > LONGEST_ID or not told.isprintable():
        told = "made-" + sha256(repr((told, sender, sent_at, subject, whole)).encode("utf-8", "replace")).hexdigest()[:40]
    return MailRead(told, sender, title, text[:LONGEST_TEXT], sent_at, _automatic(message, subject, sender) or (None if text else "empty"))


def _automatic(message: Message, subject: str, sender: str | None) -> str | None:
    """Say why this is no person's word; None when it seems to be one (RFC 3834, RFC 3464, RFC 2919 and what programmes do beside them)."""
    submitted = _header(message, "Auto-Submitted").split(";")[0].split("(")[0].strip().lower()
    if message.get_content_type() == "multipart/report" or _header(message, "Return-Path").strip() == "<>":
        return "bounce"
    if sender is not None and sender.split("@")[0] in {"mailer-daemon", "postmaster"}:
        return "bounce"
    if (submitted and submitted != "no") or any(name in message for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Reply", "X-Vacation")):
        return "auto-submitted"
    if _header(message, "Precedence").strip().lower() in BULK or "List-Id" in message:
        return "list"
    return "subject" if _AUTOMATIC_SUBJECT.match(_ANSWER.sub("", subject)) else None


def _sender(message: Message) -> str | None:
    """Return the address in Reply-To (forms on web sites put the customer there), else in From."""
    for name in ("Reply-To", "From"):
        told = _header(message, name)
        found = _IN_BRACKETS.findall(told) or _BARE.findall(told)
        if found:
            return str(found[-1] if "<" in told else found[0]).strip(".'").lower()
    return None


def _sent_at(message: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(_header(message, "Date"))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _header(message: Message, name: str) -> str:
    """Return a header decoded (RFC 2047), on one line; empty when it is not there. What was left unencoded is read as UTF-8."""
    value = message.get(name)
    if value is None:
        return ""
    try:
        parts = decode_header(str(value).encode("utf-8", "surrogateescape").decode("utf-8", "replace")[:LONGEST_HEADER])
    except ValueError:  # broken base64
        return " ".join(str(value)[:LONGEST_HEADER].split())
    told = "".join(_decoded(part, charset) if isinstance(part, bytes) else part for part, charset in parts)
    return " ".join(told.replace("\x00", "").split())


def _words(message: Message) -> str:
    """Return the text: the plain parts, else the HTML parts. What is attached, and messages within the message, are not read."""
    plain: list[str] = []
    html: list[str] = []
    _gather(message, plain, html)
    said = "\n".join(plain).strip()
    return (said or words_of_html("\n".join(html))).replace("\x00", "")[:MOST_WORDS]


def _gather(part: Message, plain: list[str], html: list[str]) -> None:
    kind = part.get_content_type()
    if kind.startswith("message/") or part.get_content_disposition() == "attachment":
        return
    children = part.get_payload()
    if isinstance(children, list):
        for child in children:
            if isinstance(child, Message):
                _gather(child, plain, html)
        return
    if kind in {"text/plain", "text/html"}:
        raw = part.get_payload(decode=True)
        said = _decoded(raw if isinstance(raw, bytes) else b"", part.get_content_charset())
        if kind == "text/html":
            html.append(said)
        else:
            plain.append(_unwrapped(said, part) if str(part.get_param("format", "")).lower() == "flowed" else said)


def _unwrapped(text: str, part: Message) -> str:
    """Join the lines that a programme wrapped (format=flowed, RFC 3676): one that ends with a space goes on in the next."""
    without_space = str(part.get_param("delsp", "")).lower() == "yes"
    done: list[str] = []
    open_ended = False
    for line in text.replace("\r\n", "\n").split("\n"):
        own = line.removeprefix(" ") if not line.startswith(">") else line
        if open_ended and not own.startswith(">") and own != "-- ":
            done[-1] += own
        else:
            done.append(own)
        open_ended = own.endswith(" ") and own != "-- " and not own.startswith(">")
        if open_ended and without_space:
            done[-1] = done[-1][:-1]
    return "\n".join(done)


def _decoded(raw: bytes, charset: str | None) -> str:
    """Return the text of these bytes; UTF-8, else Western European, when the charset is unknown or wrong."""
    named = (charset or "utf-8").strip().lower()
    for name in (named if charset is None else _CHARSETS.get(named, named), "utf-8"):
        try:
            if codecs.lookup(name).name.replace("-", "_") not in _NO_CHARSETS:
                return raw.decode(name)
        except (LookupError, UnicodeError, ValueError):
            continue
    return raw.decode("cp1252", "replace")
