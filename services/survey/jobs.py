"""What falls due: judging a decision, giving up a wait, sending an invitation."""

from collections.abc import Sequence
from uuid import UUID
from zoneinfo import ZoneInfo

from services.kit.crypto import derive
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.mail import Mail, MailSender
from services.kit.service import BatchJob, Job, Runtime, TxJob
from services.survey.domain.letter import Ask, write_letter
from services.survey.domain.tokens import Purpose, token_for
from services.survey.use_cases.anchor_people import ANCHOR, COME_ROUND, anchor_people, come_round
from services.survey.use_cases.count_cells import ALLOCATE, allocate_cells
from services.survey.use_cases.give_up_decision import give_up_decision
from services.survey.use_cases.judge_decision import SEND, Keys, judge_decisions
from services.survey.use_cases.mark_sent import mark_sent
from services.survey.use_cases.prepare_letter import Addressed, prepare_letter
from services.survey.use_cases.simulate_programme import SIMULATE, Run, begin, finish, note_progress, step
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE

MAILER = "mailer"
KEYS = "keys"
LOT = "survey lot"
LINK = "survey link"


async def open_adapters(runtime: Runtime) -> None:
    """Derive the keys and open the way for mail."""
    from services.kit.mail import mail_sender

    secret = runtime.settings.secret_key
    runtime.resources[KEYS] = Keys(lot=derive(secret, LOT), link=derive(secret, LINK))
    runtime.resources[MAILER] = mail_sender(runtime.settings)


async def judge(uow: UnitOfWork, jobs: Sequence[DueJob]) -> None:
    """Judge all decisions that fell due together; those that are decided already are passed over."""
    keys = Keys(lot=uow.secret(LOT), link=uow.secret(LINK))
    await judge_decisions(uow, [UUID(job.key) for job in jobs], keys)


async def allocate(uow: UnitOfWork, job: DueJob) -> None:
    """Spread what is left of a programme's budget over its cells."""
    await allocate_cells(uow, job.key)


async def simulate(runtime: Runtime, job: DueJob) -> None:
    """Replay history under a draft, page by page outside any long transaction, with progress for who waits."""
    simulation_id = UUID(job.key)
    run: Run | None = await runtime.read(begin, simulation_id)
    while run is not None and await runtime.read(step, run):
        await runtime.write(note_progress, simulation_id, run.seen / max(1, run.total))
    if run is not None:
        await runtime.write(finish, run)


async def anchor(uow: UnitOfWork, job: DueJob) -> None:
    """Anchor the people of a relationship programme."""
    await anchor_people(uow, job.key, job.payload.get("after"))


async def round_of_one(uow: UnitOfWork, job: DueJob) -> None:
    """Plan one person's round of a relationship programme."""
    await come_round(uow, job.key)


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


JOBS: list[Job | TxJob | BatchJob] = [
    BatchJob(JUDGE, judge),
    TxJob(GIVE_UP, give_up),
    TxJob(ALLOCATE, allocate),
    Job(SIMULATE, simulate, concurrency=1),
    TxJob(ANCHOR, anchor),
    TxJob(COME_ROUND, round_of_one),
    Job(SEND, send_invitation, concurrency=8),
]
