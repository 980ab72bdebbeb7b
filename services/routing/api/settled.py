"""Writing, then letting the leader act on it before the answer leaves: whoever reads next sees the offer."""

from typing import Annotated, Any

from fastapi import Depends, Response

from services.kit.http import RuntimeDep, Write


class _Settled:
    def __init__(self, write: Any, runtime: Any) -> None:
        self._write = write
        self._runtime = runtime

    async def __call__(self, *args: Any, **options: Any) -> Response:
        """Run the use case as `Write` does, then the leader's round. What was committed stays so, whatever the round comes to."""
        response: Response = await self._write(*args, **options)
        try:
            await self._runtime.resources["leader"].settle()
        except Exception as error:  # noqa: BLE001  the command is stored, and the due row brings the next round
            self._runtime.log.warning("routing.round_failed", exc=error)
        return response


async def _settling(write: Write, runtime: RuntimeDep) -> _Settled:
    return _Settled(write, runtime)


Settled = Annotated[_Settled, Depends(_settling)]
