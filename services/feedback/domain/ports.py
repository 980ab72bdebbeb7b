"""What the domain needs from outside, as protocols."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts that `domain.normalise` prepared into vectors; deterministic."""

    @property
    def name(self) -> str:
        """Heads are learned for one embedder and carry its name."""

    def embed(self, texts: Sequence[str]) -> Matrix:
        """Return one row per text. May take milliseconds a text: call it outside the event loop."""
        ...
