"""E-mails as programmes write them: whose they are, what is new in them, and which no person wrote."""

import time
from datetime import UTC, datetime

import pytest

from services.feedback.domain.mail_quotes import own_words, words_of_html
from services.feedback.domain.mail_reading import read_mail
from tests.support import mail_messages as mail

READ = [
    (mail.GMAIL_REPLY, "anna.j@mail.example", "[Shop] Your parcel", "Hello,\n\nthe parcel still has not come – it is the third week now.\n\nAnna"),
    (mail.OUTLOOK_HTML, "jose@correo.example", "Devolución", "La devolución aún no ha llegado.\n¿Cuándo?"),
    (mail.APPLE_GERMAN, "bernd@post.example", "Rückruf", "Niemand hat zurückgerufen, obwohl es mir zweimal versprochen wurde."),
    (mail.INLINE_ANSWERS, "chris@mail.example", "Two questions", "Number 5512.\nThe lid was broken."),
    (mail.JAPANESE, "sato@jp.example", "配送について", "荷物がまだ届きません。"),
    (mail.CHINESE, "li@cn.example", "退款", "退款三周了还没有到账。"),
    (mail.RUSSIAN, "ivan@ru.example", "Доставка", "Курьер не приехал."),
    (mail.FRENCH_OUTLOOK, "claire@courriel.example", "Facture", "La facture est fausse."),
    (mail.WITH_ATTACHMENT, "dora@mail.example", "Charged twice", "My card 4111 1111 1111 1111 was charged twice, see the statement."),
    (mail.WEB_FORM, "emil@mail.example", "Contact form", "Your opening hours on the web are wrong."),
]


@pytest.mark.parametrize(("raw", "sender", "subject", "text"), READ)
def test_of_a_message_its_writer_s_own_words_are_read_in_whatever_charset_and_form(raw: bytes, sender: str, subject: str, text: str) -> None:
    found = read_mail(raw)
    assert found is not None
    assert (found.sender, found.subject, found.text, found.automatic) == (sender, subject, text, None)


def test_a_message_says_when_it_was_sent_and_under_which_id() -> None:
    found = read_mail(mail.GMAIL_REPLY)
    assert found is not None
    assert (found.message_id, found.sent_at) == ("CAF=Rk3p9Qe+1@mail.gmail.com", datetime(2026, 11, 2, 9, 22, 7, tzinfo=UTC))
    nameless = read_mail(mail.NO_MESSAGE_ID)
    again = read_mail(b"Received: by another way\r\n" + mail.NO_MESSAGE_ID)
    assert nameless is not None
    assert again is not None
    assert nameless.message_id.startswith("made-")
    assert nameless.message_id == again.message_id


@pytest.mark.parametrize("reason", sorted(mail.AUTOMATIC))
def test_what_no_person_wrote_is_recognised_with_its_reason(reason: str) -> None:
    found = read_mail(mail.AUTOMATIC[reason])
    assert found is not None
    assert found.automatic == reason


def test_what_a_customer_forwards_stays_whole() -> None:
    found = read_mail(mail.FORWARDED)
    assert found is not None
    assert found.automatic is None
    assert found.text.endswith("We are sorry.")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote to you: no answer.\nFrom now on I shall buy elsewhere.",
        "I ordered on 3 November.\nTo: be honest, it is late.\n\nBest, Kim",
        "Two things:\n- the lid\n- the box",
    ],
)
def test_prose_that_only_looks_like_a_quote_is_kept(text: str) -> None:
    assert own_words(text) == text


@pytest.mark.parametrize(
    "attribution",
    [
        "On Mon, Nov 2, 2026 at 9:14 AM Shop <help@shop.example> wrote:",
        "Am 02.11.26 um 09:14 schrieb Shop:",
        "Le lun. 2 nov. 2026 à 09:14, Shop <help@shop.example> a écrit :",
        "El lun, 2 nov 2026 a las 9:14, Shop (<help@shop.example>) escribió:",
        "Il giorno lun 2 nov 2026 alle ore 09:14 Shop <help@shop.example>\nha scritto:",
        "Em seg., 2 de nov. de 2026 às 09:14, Shop <help@shop.example> escreveu:",
        "пн, 2 нояб. 2026 г. в 09:14, Shop <help@shop.example>:",
        "Shop <help@shop.example> 于2026年11月2日周一 09:14写道：",
        "Shop <help@shop.example>, 2 Kas 2026 Pzt, 09:14 tarihinde şunu yazdı:",
        "في الاثنين، 2 نوفمبر 2026 في 9:14 ص تمت كتابة ما يلي بواسطة Shop <help@shop.example>:",
    ],
)
def test_an_attribution_in_any_of_ten_languages_ends_what_is_new(attribution: str) -> None:
    assert own_words(f"It is still broken.\n\n{attribution}\n\nDear customer,\nit works.") == "It is still broken."
    assert own_words(f"It is still broken.\n\n{attribution}\n> Dear customer,\n> it works.") == "It is still broken."


def test_html_that_is_hidden_or_quoted_is_not_read() -> None:
    page = "<p>Late&nbsp;again.<script>x()</script></p><blockquote>Dear <blockquote>you</blockquote> all</blockquote><p>Bye</p>"
    assert words_of_html(page) == "Late again.\n\nBye"


HOSTILE = {
    "parts within parts": b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2_000)) + b"a\n" * 200_000,
    "headers without end": b"X-A: " + b"(" * 900_000 + b"\n\nHello",
    "an address without end": b"From: " + b"<" * 300_000 + b"a@" * 100_000 + b"\nSubject: =?utf-8?b?" + b"A" * 200_000 + b"?=\n\nHello",
    "tags without end": b"Content-Type: text/html\n\n" + b"<a " * 300_000,
    "declarations without end": b"Content-Type: text/html\n\n" + b"<!" * 400_000,
    "quotes without end": b"From: a@b.example\n\n" + b"On 1 2 3 @ " * 80_000,
    "short lines": b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\n" + b"a\n" * 400_000,
    "a codec that is no charset": b"From: a@b.example\nContent-Type: text/plain; charset=punycode\n\n" + b"a-" + b"b9" * 250_000,
    "bytes": bytes(range(256)) * 4_000,
    "nothing": b"\n\n",
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_message_costs_less_than_half_a_second_and_raises_nothing(name: str) -> None:
    begin = time.process_time()
    read_mail(HOSTILE[name])
    assert time.process_time() - begin < 0.5
