"""A new head is compared with the one in use only by texts that neither has learned."""

from dataclasses import replace

import numpy as np

from services.feedback.app import service
from services.feedback.domain.fitting import Lesson, fit
from services.feedback.use_cases.learn import Examined, head_to_compare, store_head
from tests.conftest import OpenRoom

ALL = ("feedback:read", "feedback:write", "feedback:admin")
HEAD = fit("driver", 2, "e", Lesson(np.eye(4, dtype=np.float32), ["late", "lost", "late", "lost"]), strength=4.0)


async def test_a_head_that_learned_what_is_frozen_now_holds_no_later_one_and_a_fair_one_does(open_room: OpenRoom) -> None:
    async with open_room(service) as room:

        async def stored(version: int, examined: Examined) -> None:
            await room.runtime.write(store_head, replace(HEAD, version=version), examined)

        assert await room.runtime.read(head_to_compare, "driver", "e") is None
        await stored(2, Examined(None, None, None, 0))
        assert await room.runtime.read(head_to_compare, "driver", "e") is None
        await stored(3, Examined(0.8, None, None, 100))
        assert await room.runtime.read(head_to_compare, "driver", "e") == replace(HEAD, version=3).to_bytes()
        await stored(4, Examined(0.78, 0.8, None, 100))
        await stored(5, Examined(0.795, 0.8, None, 100))
        versions = (await room.client(*ALL).get("/feedback/v1/models/driver")).json()
        assert [(one["version"], one["state"]) for one in versions] == [(5, "live"), (4, "held"), (3, "live"), (2, "live")]
