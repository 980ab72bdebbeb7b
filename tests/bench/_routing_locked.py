"""The same decision by PostgreSQL alone: a free agent takes the oldest contact that it may serve with FOR UPDATE SKIP LOCKED, one commit each."""

import random
import time

from tests.support.servers import PostgresServer

SKILLS = 40
TAKE = (
    "UPDATE waiting SET agent = $1 WHERE id = (SELECT id FROM waiting WHERE agent IS NULL AND skill = ANY($2::int[])"
    " ORDER BY since LIMIT 1 FOR UPDATE SKIP LOCKED) RETURNING id"
)


async def locked_per_s(server: PostgresServer, *, agents: int, waiting: int, seconds: float = 4.0) -> float:
    """Return decisions per second over one connection."""
    lots = random.Random(3)  # noqa: S311  repeatable on purpose
    connection = await server.connect()
    try:
        await connection.execute("CREATE TABLE waiting (id int PRIMARY KEY, skill int NOT NULL, since float8 NOT NULL, agent int)")
        rows = [(number, lots.randrange(SKILLS), number * 0.01, None) for number in range(waiting)]
        await connection.copy_records_to_table("waiting", records=rows)
        await connection.execute("CREATE INDEX ON waiting (since) WHERE agent IS NULL")
        await connection.execute("ANALYZE waiting")
        made, started = 0, time.perf_counter()
        while time.perf_counter() - started < seconds:
            skills = lots.sample(range(SKILLS), 3)
            made += len(await connection.fetch(TAKE, lots.randrange(agents), skills))
        return made / (time.perf_counter() - started)
    finally:
        await connection.close()
