"""E-mails in the shape that mail programmes give them: headers, encodings, quotes and signatures as each of them writes them.

Written for these tests after messages of the programmes named; nobody's mail is in them.
"""

import base64
import quopri
from email.header import Header


def _message(*headers: str, body: bytes) -> bytes:
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + body.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


def _text(words: str, charset: str, encoding: str) -> bytes:
    """Return a text as a part's body."""
    raw = words.encode(charset)
    return {"base64": base64.encodebytes(raw), "quoted-printable": quopri.encodestring(raw), "8bit": raw, "7bit": raw}[encoding]


def _plain(*headers: str, words: str, charset: str = "utf-8", encoding: str = "8bit", flowed: str = "") -> bytes:
    kind = f"Content-Type: text/plain; charset={charset}{flowed}"
    return _message(*headers, "MIME-Version: 1.0", kind, f"Content-Transfer-Encoding: {encoding}", body=_text(words, charset, encoding))


def _coded(subject: str, charset: str) -> str:
    return f"Subject: {Header(subject, charset).encode()}"


GMAIL_REPLY = _message(
    "Delivered-To: help@shop.example",
    "MIME-Version: 1.0",
    "References: <ticket-48113@shop.example>",
    "In-Reply-To: <ticket-48113@shop.example>",
    "From: =?UTF-8?Q?Anna_J=C3=B8rgensen?= <Anna.J@mail.example>",
    "Date: Mon, 2 Nov 2026 10:22:07 +0100",
    "Message-ID: <CAF=Rk3p9Qe+1@mail.gmail.com>",
    "Subject: Re: [Shop] Your parcel",
    "To: Shop Support <help@shop.example>",
    'Content-Type: multipart/alternative; boundary="00000000000061b2f80612345678"',
    body=b'--00000000000061b2f80612345678\nContent-Type: text/plain; charset="UTF-8"\nContent-Transfer-Encoding: quoted-printable\n\n'
    + quopri.encodestring(
        "Hello,\n\nthe parcel still has not come – it is the third week now.\n\nAnna\n\n"
        "On Mon, Nov 2, 2026 at 9:14 AM Shop Support via the very long name of a shop\n<help@shop.example> wrote:\n\n"
        "> Dear Anna,\n> your parcel is on its way.\n>\n>> Where is it?\n".encode()
    )
    + b'\n--00000000000061b2f80612345678\nContent-Type: text/html; charset="UTF-8"\n\n<div dir="ltr">Hello (HTML)</div>'
    b'<div class="gmail_quote"><div class="gmail_attr">On Mon</div><blockquote>Dear Anna</blockquote></div>\n--00000000000061b2f80612345678--\n',
)
OUTLOOK_HTML = _message(
    "From: =?iso-8859-1?Q?Jos=E9_Garc=EDa?= <jose@correo.example>",
    "To: help@shop.example",
    "Subject: =?iso-8859-1?Q?RE:_Devoluci=F3n?=",
    "Date: Tue, 3 Nov 2026 16:01:55 +0000",
    "Message-ID: <AM9PR04MB8654@eurprd04.prod.outlook.com>",
    "MIME-Version: 1.0",
    'Content-Type: text/html; charset="iso-8859-1"',
    "Content-Transfer-Encoding: quoted-printable",
    body=quopri.encodestring(
        '<html><head><style>p {margin:0}</style></head><body><div class="x">La devolución aún no ha llegado.<br>¿Cuándo?</div>'
        '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>De:</b> Shop<br><b>Enviado:</b> lunes<br></div>'
        "<div>Su devolución está en camino.</div></body></html>".encode("cp1252")
    ),
)
APPLE_GERMAN = _plain(
    "From: Bernd Kraus <bernd@post.example>",
    "To: help@shop.example",
    "Subject: =?utf-8?Q?AW=3A_R=C3=BCckruf?=",
    "Date: Wed, 4 Nov 2026 08:00:00 +0100",
    "Message-Id: <9D0B1C@post.example>",
    "X-Mailer: iPhone Mail (18A373)",
    words="Niemand hat zurückgerufen, obwohl es mir zweimal \nversprochen wurde.\n\nVon meinem iPhone gesendet\n\n"
    "> Am 03.11.2026 um 17:05 schrieb Shop <help@shop.example>:\n> \n> \ufeffWir rufen Sie zurück.\n",
    flowed="; format=flowed",
    encoding="quoted-printable",
)
INLINE_ANSWERS = _plain(
    "From: chris@mail.example",
    "Subject: Re: Two questions",
    "Date: Wed, 4 Nov 2026 12:00:00 -0500",
    "Message-ID: <inline-1@mail.example>",
    words="On 11/4/26 11:02 AM, Shop wrote:\n> Which order is it?\nNumber 5512.\n> What was wrong with it?\n"
    "The lid was broken.\n\n-- \nChris Doe\nDoe & Sons\n",
)
JAPANESE = _plain(
    "From: sato@jp.example",
    _coded("配送について", "iso-2022-jp"),
    "Date: Thu, 5 Nov 2026 09:30:00 +0900",
    "Message-ID: <jp-1@jp.example>",
    words="荷物がまだ届きません。\n\n2026年11月4日(水) 18:12 Shop <help@shop.example>:\n\n> お問い合わせありがとうございます。\n",
    charset="iso-2022-jp",
    encoding="7bit",
)
CHINESE = _plain(
    "From: li@cn.example",
    _coded("退款", "gb2312"),
    "Date: Thu, 5 Nov 2026 17:30:00 +0800",
    "Message-ID: <cn-1@cn.example>",
    words="退款三周了还没有到账。\n\n发自我的iPhone\n\n------------------ 原始邮件 ------------------\n"
    '发件人: "Shop" <help@shop.example>;\n您的退款正在处理。\n',
    charset="gb2312",
    encoding="base64",
)
RUSSIAN = _plain(
    "From: ivan@ru.example",
    _coded("Доставка", "koi8-r"),
    "Date: Fri, 6 Nov 2026 11:00:00 +0300",
    "Message-ID: <ru-1@ru.example>",
    words="Курьер не приехал.\n\nчт, 5 нояб. 2026 г. в 18:12, Shop <help@shop.example>:\n\n> Курьер приедет завтра.\n",
    charset="koi8-r",
)
FRENCH_OUTLOOK = _plain(
    "From: claire@courriel.example",
    "Subject: RE: Facture",
    "Date: Fri, 6 Nov 2026 15:00:00 +0100",
    "Message-ID: <fr-1@courriel.example>",
    words="La facture est fausse.\n\nDe : Shop <help@shop.example>\nEnvoyé : jeudi 5 novembre 2026 18:12\nÀ : Claire\n"
    "Objet : Facture\n\nVoici la facture.\n",
)
WITH_ATTACHMENT = _message(
    "From: Dora <dora@mail.example>",
    "To: help@shop.example",
    "Subject: Charged twice",
    "Date: Sat, 7 Nov 2026 10:00:00 +0000",
    "Message-ID: <pay-1@mail.example>",
    "MIME-Version: 1.0",
    "Content-Type: multipart/mixed; boundary=outer",
    body=b"--outer\nContent-Type: text/plain; charset=us-ascii\n\nMy card 4111 1111 1111 1111 was charged twice, see the statement.\n--outer\n"
    b'Content-Type: text/plain; name="statement.txt"\nContent-Disposition: attachment; filename="statement.txt"\n\nSecret statement.\n--outer--\n',
)
WEB_FORM = _plain(
    "From: Web form <noreply@shop.example>",
    'Reply-To: "Emil, the customer" <emil@mail.example>',
    "Subject: Contact form",
    "Date: Sat, 7 Nov 2026 11:00:00 +0000",
    "Message-ID: <form-1@shop.example>",
    words="Your opening hours on the web are wrong.",
)
FORWARDED = _plain(
    "From: fran@mail.example",
    "Subject: Fwd: Your complaint",
    "Date: Sat, 7 Nov 2026 12:00:00 +0000",
    "Message-ID: <fwd-1@mail.example>",
    words="---------- Forwarded message ---------\nFrom: Shop <help@shop.example>\nDate: Fri, 6 Nov 2026\nSubject: Your complaint\n\nWe are sorry.\n",
)
NOTHING_ADDED = _plain(
    "From: gina@mail.example",
    "Subject: Re: Your parcel",
    "Date: Sat, 7 Nov 2026 13:00:00 +0000",
    "Message-ID: <none-1@mail.example>",
    words="\n> Your parcel is on its way.\n",
)
NO_MESSAGE_ID = _plain("From: hana@mail.example", "Subject: Thanks", "Date: Sat, 7 Nov 2026 14:00:00 +0000", words="Thank you, it works again.")

AUTOMATIC = {
    "auto-submitted": _plain(
        "From: ines@mail.example", "Subject: Re: Your parcel", "Auto-Submitted: auto-replied (vacation)", "Message-ID: <vac-1@mail.example>",
        words="I am away until 16 November.",
    ),
    "bounce": _message(
        "Return-Path: <>",
        "From: MAILER-DAEMON@mx.example (Mail Delivery System)",
        "Subject: Undelivered Mail Returned to Sender",
        "Auto-Submitted: auto-replied",
        "Message-Id: <dsn-1@mx.example>",
        'Content-Type: multipart/report; report-type=delivery-status; boundary="A1"',
        body=b"--A1\nContent-Type: text/plain; charset=us-ascii\n\nYour message could not be delivered.\n--A1\n"
        b"Content-Type: message/delivery-status\n\n"
        b"Final-Recipient: rfc822; nobody@mail.example\nAction: failed\nStatus: 5.1.1\n--A1--\n",
    ),
    "list": _plain(
        "From: news@other.example", "Subject: Our November news", "List-Id: <news.other.example>", "Precedence: bulk",
        "Message-ID: <news-1@other.example>", words="Everything is cheaper.",
    ),
    "subject": _plain(
        "From: jan@mail.example", _coded("Automatische Antwort: Ihr Paket", "utf-8"), "Message-ID: <oof-1@mail.example>",
        words="Ich bin nicht im Büro.",
    ),
    "empty": NOTHING_ADDED,
}  # fmt: skip
"""What is nobody's voice, by the reason that is given."""
