"""What falls due: judging a decision, giving up a wait, sending an invitation."""

import asyncio
from uuid import UUID

from services.kit.crypto import derive
from services.kit.db import UnitOfWork
from services.kit.due import DueJob
from services.kit.service import Job, Runtime, TxJob
from services.survey.domain.honesty import SweepWatch
from services.survey.jobs.pulses import close_pulse, send_pulse_link
from services.survey.jobs.sending import send_invitation, send_reminder
from services.survey.use_cases.anchor_people import ANCHOR, COME_ROUND, anchor_people, come_round
from services.survey.use_cases.count_cells import ALLOCATE, allocate_cells
from services.survey.use_cases.give_up_decision import give_up_decision
from services.survey.use_cases.judge_decision import SEND, Keys, judge_decisions
from services.survey.use_cases.prepare_message import REMIND
from services.survey.use_cases.run_pulse import CLOSE_PULSE, SEND_PULSE
from services.survey.use_cases.simulate_programme import SIMULATE, Run, begin, finish, note_progress, step
from services.survey.use_cases.skip_decision import GIVE_UP, JUDGE

KEYS = "keys"
GATHERING = "gathering"
MOST_TOGETHER = 500


class Gathering:
    """Puts decisions that fall due together into one transaction: a batch costs a dozen statements, not a dozen for each.

    When a batch fails, each of its decisions is judged alone, so that one spoils no other.
    """

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._waiting: dict[UUID, asyncio.Future[None]] = {}
        self._work: set[asyncio.Task[None]] = set()

    async def judge(self, decision_id: UUID) -> None:
        """Return when this decision is judged; raises what judging it alone raised."""
        if not self._waiting:
            task = asyncio.create_task(self._soon())
            self._work.add(task)
            task.add_done_callback(self._work.discard)
        future = self._waiting.setdefault(decision_id, asyncio.get_running_loop().create_future())
        await asyncio.shield(future)

    async def _soon(self) -> None:
        await asyncio.sleep(0)  # let all workers of the claim put theirs in
        together, self._waiting = self._waiting, {}
        keys: Keys = self._runtime.resources[KEYS]
        try:
            await self._runtime.write(judge_decisions, list(together), keys)
        except Exception:  # noqa: BLE001  found out one by one
            await self._each_alone(together, keys)
        else:
            for future in together.values():
                future.set_result(None)

    async def _each_alone(self, together: "dict[UUID, asyncio.Future[None]]", keys: Keys) -> None:
        for decision_id, future in together.items():
            try:
                await self._runtime.write(judge_decisions, [decision_id], keys)
            except Exception as error:  # noqa: BLE001  handed to the due engine, which tries again later
                future.set_exception(error)
            else:
                future.set_result(None)


async def open_adapters(runtime: Runtime) -> None:
    """Derive the keys, and open what lives as long as the process."""
    secret = runtime.settings.secret_key
    runtime.resources[KEYS] = Keys(lot=derive(secret, "survey lot"), link=derive(secret, "survey link"))
    runtime.resources[GATHERING] = Gathering(runtime)
    runtime.resources["pulse_letters"] = derive(secret, "survey pulse letter")
    runtime.resources["sweep"] = SweepWatch(runtime.settings.sweep_links_per_minute)


async def judge(runtime: Runtime, job: DueJob) -> None:
    """Judge a decision together with those that fell due with it; a second run finds it decided and does nothing."""
    gathering: Gathering = runtime.resources[GATHERING]
    await gathering.judge(UUID(job.key))


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


JOBS: list[Job | TxJob] = [
    Job(JUDGE, judge, concurrency=4 * MOST_TOGETHER),
    TxJob(GIVE_UP, give_up),
    TxJob(ALLOCATE, allocate),
    Job(SIMULATE, simulate, concurrency=1),
    TxJob(ANCHOR, anchor),
    TxJob(COME_ROUND, round_of_one),
    Job(SEND, send_invitation, concurrency=8),
    Job(REMIND, send_reminder, concurrency=8),
    Job(SEND_PULSE, send_pulse_link, concurrency=4),
    TxJob(CLOSE_PULSE, close_pulse),
]
