"""Among the replicas one leads and decides. An advisory lock says who, and dies with its process; the epoch fences who only thinks so.

Whoever changed something asks the leader to `settle`; everybody who asked before a round began shares that round and its commit.
"""

import asyncio
import zlib
from typing import TYPE_CHECKING

from services.kit.service import Runtime
from services.routing.repository.desk import begin_epoch
from services.routing.use_cases.decide import LeadershipLostError, Mind, decide, settled
from services.routing.use_cases.store_decisions import MirrorWrongError

if TYPE_CHECKING:
    import asyncpg

CHANNEL = "routing_changes"
LOCK = (7301, zlib.crc32(b"routing.leader") - 2**31)
RETRY_S = 0.5
LEADER = "leader"


class Leader:
    """This process's part in leading. On SQLite it always leads: the file has one process."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        url = runtime.settings.database_url
        self._url = None if url is None else url.replace("+asyncpg", "")
        self._lease: asyncpg.Connection | None = None
        self._lock = asyncio.Lock()
        self._asked = self._done = 0
        self._standby: asyncio.Task[None] | None = None
        self._nudged: set[asyncio.Task[None]] = set()
        self.mind: Mind | None = None

    @property
    def leads(self) -> bool:
        """Tell whether this process believes that it leads."""
        return self.mind is not None

    async def start(self) -> None:
        """Lead, or stand by until the leader is gone."""
        if not await self._take_lead():
            self._standby = asyncio.create_task(self._stand_by())

    async def stop(self) -> None:
        """Give the lead up, so that another replica takes it at once."""
        for task in [self._standby, *self._nudged]:
            if task is not None:
                task.cancel()
        self.mind = None
        if self._lease is not None and not self._lease.is_closed():
            await self._lease.close(timeout=2)

    async def settle(self) -> None:
        """Return when everything stored before this call has been looked at; at once where somebody else leads, who is told."""
        self._asked += 1
        ticket = self._asked
        async with self._lock:
            if self._done >= ticket:
                return
            goal = self._asked
            await self._round()
            self._done = goal

    async def _round(self) -> None:
        mind = self.mind
        if mind is None:
            await self._nudge()
            return
        try:
            try:
                await self._runtime.write(decide, mind)
            except MirrorWrongError as error:
                self._runtime.log.warning("routing.mirror_wrong", exc=error)
                await self._runtime.write(decide, mind)
        except LeadershipLostError:
            self._runtime.log.warning("routing.leadership_lost", epoch=mind.epoch)
            await self._step_down()
            await self._nudge()
        else:
            settled(mind)

    async def _take_lead(self) -> bool:
        if self._url is not None:
            if self._lease is None or self._lease.is_closed():
                import asyncpg

                self._lease = await asyncpg.connect(self._url, timeout=5)
            if not await self._lease.fetchval("SELECT pg_try_advisory_lock($1, $2)", *LOCK):
                return False
            await self._lease.add_listener(self._channel, self._hear)
            self._lease.add_termination_listener(self._lost)
        self.mind = Mind(await self._runtime.write(begin_epoch))
        await self.settle()
        return True

    @property
    def _channel(self) -> str:
        return f"{CHANNEL}_{self._runtime.service.name}"

    def _hear(self, *_: object) -> None:
        task = asyncio.ensure_future(self.settle())
        self._nudged.add(task)
        task.add_done_callback(self._nudged.discard)

    def _lost(self, _: object) -> None:
        """The connection is gone and the lock with it: another may lead now."""
        if self.mind is not None and not asyncio.get_event_loop().is_closed():
            self.mind = None
            self._stand_by_again()

    async def _step_down(self) -> None:
        self.mind = None
        if self._lease is not None and not self._lease.is_closed():
            await self._lease.close(timeout=2)
        self._stand_by_again()

    def _stand_by_again(self) -> None:
        if self._standby is None or self._standby.done():
            self._standby = asyncio.create_task(self._stand_by())

    async def _stand_by(self) -> None:
        import asyncpg  # only who stands by has a lease to wait for, and that is PostgreSQL's

        while self.mind is None:
            await asyncio.sleep(RETRY_S)
            try:
                await self._take_lead()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                self._runtime.log.warning("routing.stands_by", exc=error)

    async def _nudge(self) -> None:
        """Tell whoever leads that there is something to look at."""
        if self._lease is not None and not self._lease.is_closed():
            await self._lease.execute(f"NOTIFY {self._channel}")


async def open_leader(runtime: Runtime) -> None:
    """Start to lead or to stand by."""
    leader = Leader(runtime)
    runtime.resources[LEADER] = leader
    await leader.start()


async def close_leader(runtime: Runtime) -> None:
    """Stop leading."""
    await runtime.resources[LEADER].stop()
