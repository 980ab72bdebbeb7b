"""Letters and the end of employee pulses."""

import hashlib

from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Runtime
from services.survey.domain.carrying import Carrier, Parcel
from services.survey.domain.pulse import SMALLEST_GROUP
from services.survey.domain.wording import words_in
from services.survey.use_cases.run_pulse import close_pulse, pulse_token, unsealed_letter


async def send_pulse_link(runtime: Runtime, job: DueJob) -> None:
    """Send one link. The message's key is random, so that the mail server's log names no link either."""
    letter = unsealed_letter(job.payload["sealed"], runtime.resources["pulse_letters"])
    words = words_in(letter["language"])
    link = f"{runtime.settings.public_url.rstrip('/')}/e/{pulse_token(letter['ticket'], runtime.resources['keys'].link)}"
    who = words.pulse_who.format(limit=SMALLEST_GROUP)
    text = "\n\n".join([words.mail_hello, f"{words.pulse_title} {words.pulse_ask} {who}", f"{words.mail_link}\n{link}", runtime.settings.brand])
    carrier: Carrier = runtime.resources["carriers"]["email"]
    subject = words.pulse_subject.format(brand=runtime.settings.brand)
    key = f"pulse.{hashlib.sha256(job.key.encode()).hexdigest()[:32]}"
    await carrier.carry(Parcel(key, "email", letter["email"], letter["language"], text + "\n", subject))


async def close(uow: UnitOfWork, job: DueJob) -> None:
    """Settle what still waits, and tell the sheets: no answer comes any more."""
    await close_pulse(uow, job.key)
