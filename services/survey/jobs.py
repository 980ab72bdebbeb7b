"""What falls due: judging a decision, giving up a wait, sending an invitation."""

from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.crypto import derive
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.mail import Mail, MailSender
from services.kit.service import Job, Runtime, TxJob
from services.survey.domain.honesty import SweepWatch
from services.survey.domain.letter import Ask, write_letter
from services.survey.domain.tokens import Purpose, token_for
from services.survey.use_cases.give_up_decision import give_up_decision
from services.survey.use_cases.judge_decision import SEND, Keys, judge_decision
from services.survey.use_cases.mark_sent import mark_sent
from services.survey.use_cases.prepare_letter import Addressed, prepare_letter
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE

MAILER = "mailer"
KEYS = "keys"


async def open_adapters(runtime: Runtime) -> None:
    """Derive the keys and open the way for mail."""
    from services.kit.mail import mail_sender

    secret = runtime.settings.secret_key
    runtime.resources[KEYS] = Keys(lot=derive(secret, "survey lot"), link=derive(secret, "survey link"))
    runtime.resources[MAILER] = mail_sender(runtime.settings)
    runtime.resources["sweep"] = SweepWatch(runtime.settings.sweep_links_per_minute)


async def judge(runtime: Runtime, job: DueJob) -> None:
    """Judge one decision; a second run finds it decided and does nothing."""
    await runtime.write(judge_decision, UUID(job.key), runtime.resources[KEYS])


async def give_up(uow: UnitOfWork, job: DueJob) -> None:
    """Stop waiting for a delivery or a customer."""
    await give_up_decision(uow, UUID(job.key))


async def send_invitation(runtime: Runtime, job: DueJob) -> None:
    """Send the mail of an invitation that is still wanted; the invitation's id is the message id, so twice is once."""
    ready: Addressed | None = await runtime.write(prepare_letter, UUID(job.key))
    if ready is None:
        return
    mailer: MailSender = runtime.resources[MAILER]
    await mailer.send(_mail(ready, runtime))
    await runtime.write(mark_sent, ready.invitation.id)


def _mail(ready: Addressed, runtime: Runtime) -> Mail:
    invitation, customer = ready.invitation, ready.customer
    zone = ZoneInfo(customer.time_zone or "UTC")
    keys: Keys = runtime.resources[KEYS]
    base = runtime.settings.public_url.rstrip("/")
    stop_link = f"{base}/u/{token_for(invitation.id, Purpose.STOP, keys.link)}"
    letter = write_letter(
        Ask(
            language=invitation.language,
            brand=runtime.settings.brand,
            name=customer.display_name,
            about_channel=invitation.about_channel,
            about_day=invitation.about_at.astimezone(zone).date(),
            link=f"{base}/s/{token_for(invitation.id, Purpose.ANSWER, keys.link)}",
            stop_link=stop_link,
            until=invitation.expires_at.astimezone(zone).date(),
        )
    )
    return Mail(
        message_id=f"<{invitation.id}@antiphon>",
        to=ready.address,
        subject=letter.subject,
        text=letter.text,
        headers={"List-Unsubscribe": f"<{stop_link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"},
        language=invitation.language,
    )


JOBS: list[Job | TxJob] = [Job(JUDGE, judge, concurrency=8), TxJob(GIVE_UP, give_up), Job(SEND, send_invitation, concurrency=8)]
