"""What falls due: judging a decision, giving up a wait, sending an invitation, telling what changed."""

from collections.abc import Sequence
from uuid import UUID

from services.kit.crypto import derive
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import BatchJob, Job, Runtime, TxJob
from services.survey.domain.honesty import SweepWatch
from services.survey.jobs.pulses import close, send_pulse_link
from services.survey.jobs.sending import send_invitation, send_reminder
from services.survey.jobs.telling import tell_customer
from services.survey.use_cases.anchor_people import ANCHOR, COME_ROUND, anchor_people, come_round
from services.survey.use_cases.count_cells import ALLOCATE, allocate_cells
from services.survey.use_cases.give_up_decision import give_up_decision
from services.survey.use_cases.judge_decision import SEND, Keys, judge_decisions
from services.survey.use_cases.keep_partial import record_partial
from services.survey.use_cases.plan_telling import TELL
from services.survey.use_cases.prepare_message import REMIND
from services.survey.use_cases.record_response import KEEP_PARTIAL
from services.survey.use_cases.run_pulse import CLOSE_PULSE, SEND_PULSE
from services.survey.use_cases.simulate_programme import SIMULATE, Run, begin, finish, note_progress, step
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE

KEYS = "keys"
LOT = "survey lot"
LINK = "survey link"


async def open_adapters(runtime: Runtime) -> None:
    """Derive the keys, and open what lives as long as the process."""
    secret = runtime.settings.secret_key
    runtime.resources[KEYS] = Keys(lot=derive(secret, LOT), link=derive(secret, LINK))
    runtime.resources["pulse_letters"] = derive(secret, "survey pulse letter")
    runtime.resources["sweep"] = SweepWatch(runtime.settings.sweep_links_per_minute)


async def judge(uow: UnitOfWork, jobs: Sequence[DueJob]) -> None:
    """Judge all decisions that fell due together; those that are decided already are passed over."""
    keys = Keys(lot=uow.secret(LOT), link=uow.secret(LINK))
    await judge_decisions(uow, [job.key for job in jobs], keys)


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


async def partial_answer(uow: UnitOfWork, job: DueJob) -> None:
    """Record an answer that was begun and never finished."""
    await record_partial(uow, UUID(job.key), job.payload)


JOBS: list[Job | TxJob | BatchJob] = [
    BatchJob(JUDGE, judge),
    TxJob(GIVE_UP, give_up),
    TxJob(ALLOCATE, allocate),
    Job(SIMULATE, simulate, concurrency=1),
    TxJob(ANCHOR, anchor),
    TxJob(COME_ROUND, round_of_one),
    Job(SEND, send_invitation, concurrency=8),
    Job(REMIND, send_reminder, concurrency=8),
    Job(TELL, tell_customer, concurrency=8),
    Job(SEND_PULSE, send_pulse_link, concurrency=4),
    TxJob(CLOSE_PULSE, close),
    TxJob(KEEP_PARTIAL, partial_answer),
]
