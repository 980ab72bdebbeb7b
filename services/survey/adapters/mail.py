"""E-mail as a carrier: what the mail server said decides whether the same, another way, or nothing may be tried."""

from email.utils import format_datetime, parseaddr

from services.kit.clock import Clock
from services.kit.mail import Mail, MailSender
from services.survey.domain.carrying import CarrierAway, CarrierRefused, CarrierUnsure, Parcel

_PERMANENT = range(500, 600)


class MailCarrier:
    """Hands letters to the house's mail sender. Sent again, a letter has the same Message-ID, so that mailboxes that look at it show it once."""

    def __init__(self, sender: MailSender, mail_from: str, clock: Clock) -> None:
        self._sender = sender
        self._domain = parseaddr(mail_from)[1].partition("@")[2] or "antiphon.invalid"
        self._clock = clock

    async def carry(self, parcel: Parcel) -> str | None:
        """Send; a 5xx answer of the server is final, anything before the data were sent may be tried again."""
        import aiosmtplib

        message_id = f"<{parcel.key}@{self._domain}>"
        headers = {"Date": format_datetime(self._clock.now()), **parcel.headers}
        mail = Mail(message_id, parcel.address, parcel.subject, parcel.text, parcel.html, headers, parcel.language)
        try:
            await self._sender.send(mail)
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            if all(code in _PERMANENT for code in codes):
                raise CarrierRefused(f"smtp_{codes[0]}") from error
            raise CarrierAway(f"smtp_{codes[0]}") from error
        except (aiosmtplib.SMTPDataError, aiosmtplib.SMTPSenderRefused) as error:
            if error.code in _PERMANENT:
                raise CarrierRefused(f"smtp_{error.code}") from error
            raise CarrierAway(f"smtp_{error.code}") from error
        except (aiosmtplib.SMTPConnectError, aiosmtplib.SMTPAuthenticationError, ConnectionRefusedError) as error:
            raise CarrierAway(type(error).__name__) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise CarrierUnsure(type(error).__name__) from error
        return message_id
