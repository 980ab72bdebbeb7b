"""What somebody wrote in an e-mail themselves: without the message that they answer, without signature and "sent from my telephone"."""

# ruff: noqa: RUF001 - the words are of many languages

import re
from collections.abc import Sequence
from html import unescape

MOST_HTML = 100_000
"""Signs of an HTML part that are read; what somebody writes stands at its top."""
ATTRIBUTION_LINES = 3
"""An attribution ("On Monday, Anna wrote:") is broken into so many lines by some programmes."""
HEADER_LINES = 6
LONGEST_TAG = 2_000
LONGEST_ATTRIBUTION = 300
LONGEST_FAREWELL = 80

_QUOTED = re.compile(r"\s*>")
_WROTE = re.compile(
    r"(?:\b(?:wrote|writes|schrieb|"
    r"a écrit|escribió|ha scritto|escreveu|schreef|skrev|napisał\(?a?\)?|пишет|писал\(?а?\)?|написал\(?а?\)?|yazdı|كتب)\b"
    r"[^:：]{0,80}|写道\s*|寫道\s*|<[^<>\s]{1,250}@[^<>\s]{1,250}>\s*)[:：]\s*$",
    re.IGNORECASE,
)
"""Ends in "wrote:" or, as some programmes leave the verb out, in an address and a colon."""
_BEGUN = re.compile(r"\s*(?:(?:on|am|le|el|il|em|op|den|dnia|w dniu|в|во|في)\b|\d)", re.IGNORECASE)
_ORIGINAL = re.compile(
    r"\s*[-_=]{2,}\s*(?:original message|original appointment|reply message|ursprüngliche nachricht|originalnachricht|message d['’]origine|"
    r"message original|mensaje original|mensagem original|messaggio originale|oorspronkelijk bericht|исходное сообщение|пересылаемое сообщение|"
    r"原始邮件|原始郵件|元のメッセージ|özgün ileti|orijinal mesaj|الرسالة الأصلية)\s*[-_=]{0,20}\s*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\s*\**(?:from|von|de|da|van|от|发件人|寄件者|差出人|kimden|gönderen|من)\s*\**\s*[:：]", re.IGNORECASE)
_HEADER = re.compile(
    r"\s*\**(?:sent|date|to|cc|subject|reply-to|gesendet|datum|an|betreff|envoyé|à|objet|enviado(?: el)?|fecha|para|asunto|inviato|a|oggetto|data|"
    r"assunto|verzonden|aan|onderwerp|отправлено|дата|кому|копия|тема|发送时间|时间|收件人|抄送|主题|送信日時|宛先|件名|tarih|kime|konu|gönderildi|"
    r"التاريخ|إلى|الموضوع|تاريخ الإرسال)\s*\**\s*[:：]",
    re.IGNORECASE,
)
_RULE = re.compile(r"\s*[_-]{10,}\s*$")
_SIGNATURE = re.compile(r"--\s*$")
_FAREWELL = re.compile(
    r"\s*(?:sent from my|sent from (?:outlook|yahoo|mail for)|sent via|get outlook for|von meinem .{1,40} gesendet|gesendet (?:von|mit)|"
    r"envoyé (?:de|depuis)|enviado (?:desde|do meu|de meu|a partir)|inviato da|verzonden vanaf|отправлено (?:с|из)|发自我的|從我的|iphoneから送信|"
    r".{0,40}(?:den|dan) gönderildi|أُ?رسلت من)",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """Return what the writer of a plain text added; empty when all of it is somebody else's.

    Answers between quoted lines stay: what follows an attribution is cut off as a whole only where nothing in it is marked as quoted.
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept: list[str] = []
    at = 0
    while at < len(lines):
        if _begins_another(lines, at):
            break
        many = _attribution(lines, at)
        if many:
            at += many
            if not any(_QUOTED.match(line) for line in lines[at:]):
                break
            continue
        if _SIGNATURE.match(lines[at]) and any(line.strip() for line in kept):
            break
        if not _QUOTED.match(lines[at]) and not (len(lines[at]) <= LONGEST_FAREWELL and _FAREWELL.match(lines[at])):
            kept.append(lines[at].rstrip())
        at += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _begins_another(lines: Sequence[str], at: int) -> bool:
    """Say whether the message that is answered begins here: a line that says so, or its headers."""
    if _ORIGINAL.match(lines[at]):
        return True
    head = at + 1 if _RULE.match(lines[at]) else at
    if head >= len(lines) or not _FROM.match(lines[head]):
        return False
    return sum(1 for line in lines[head + 1 : head + HEADER_LINES] if _HEADER.match(line)) >= 2  # noqa: PLR2004 - one alone may be prose


def _attribution(lines: Sequence[str], at: int) -> int:
    """Return how many lines from here are an attribution; 0 when none begins here. It holds a date or an address, and ends with "wrote"."""
    if not _BEGUN.match(lines[at]) and "@" not in lines[at]:
        return 0
    for many in range(1, ATTRIBUTION_LINES + 1):
        told = " ".join(line.strip() for line in lines[at : at + many])
        if len(told) > LONGEST_ATTRIBUTION or not lines[min(at + many, len(lines)) - 1].strip():
            return 0
        if _WROTE.search(told) and ("@" in told or sum(sign.isdigit() for sign in told) >= 3):  # noqa: PLR2004 - a day and a time
            return many
    return 0


_BLOCKS = frozenset({"p", "div", "br", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "pre", "section", "article"})
_SILENT = frozenset({"style", "script", "head", "title", "blockquote", "noscript", "template", "object", "svg"})
_QUOTE_CLASSES = frozenset(
    {"gmail_quote", "gmail_quote_container", "yahoo_quoted", "moz-cite-prefix", "gmail_attr", "protonmail_quote", "zmail_extra"}
)
_OUTLOOK = frozenset({"appendonsend", "divrplyfwdmsg", "mail-editor-reference-message-container", "replysplit", "orignalcontent"})
"""After an element with this id Outlook puts the message that is answered."""


class _Words:
    """Collects the text of an HTML part, leaving out quotes and what is not shown."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self.ended = False
        self._silent: str | None = None
        self._depth = 0

    def tag(self, told: str) -> None:
        """Take note of what stands between < and >."""
        name = _TAG_NAME.match(told)
        tag = name.group(1).lower() if name else ""
        if self._silent is not None:
            if tag == self._silent:
                self._depth += -1 if told.startswith("/") else 1
                self._silent = self._silent if self._depth else None
            return
        if not told.startswith("/"):
            said = {key.lower(): f"{quoted}{bare}".lower() for key, quoted, bare in _ATTRIBUTE.findall(told)}
            self.ended = said.get("id", "") in _OUTLOOK
            if tag in _SILENT or _QUOTE_CLASSES & set(said.get("class", "").split()):
                self._silent, self._depth = tag, 1
                return
        if tag in _BLOCKS:
            self.found.append("\n")

    def words(self, told: str) -> None:
        """Take note of what stands between tags."""
        if self._silent is None:
            self.found.append(" ".join(unescape(told).split("\n")))


_TAG_NAME = re.compile(r"/?\s*([A-Za-z][A-Za-z0-9]{0,20})")
_ATTRIBUTE = re.compile(r"\b(id|class)\s*=\s*(?:[\"']([^\"']{0,300})[\"']|([^\s\"'>]{1,300}))", re.IGNORECASE)


def words_of_html(html: str) -> str:
    """Return the text of an HTML part as lines; what it quotes is left out.

    Read in one pass: the parser of the standard library takes time that grows with the square where tags are never closed.
    """
    cut, at, reader = html[:MOST_HTML], 0, _Words()
    while not reader.ended:
        begin = cut.find("<", at)
        reader.words(cut[at : begin if begin >= 0 else len(cut)])
        comment = begin >= 0 and cut.startswith("<!--", begin)
        end = cut.find("-->" if comment else ">", begin) if begin >= 0 else -1
        if end < 0:
            break
        if not comment:
            reader.tag(cut[begin + 1 : min(end, begin + LONGEST_TAG)])
        at = end + (3 if comment else 1)
    lines = (" ".join(line.split()) for line in "".join(reader.found).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
