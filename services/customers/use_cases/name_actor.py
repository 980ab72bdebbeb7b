"""Say who does something."""

from services.kit.db import Tx


def actor(tx: Tx) -> str:
    """Return the subject of whoever asked; `antiphon` for what follows from an event by itself."""
    return tx.principal.subject if tx.principal else "antiphon"
