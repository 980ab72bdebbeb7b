"""The lot: whether a contact is in the sample depends on its id and a secret key alone, so nobody can steer it and everybody can recompute it."""

from services.survey.domain.keyed import keyed_hash

LOT_BITS = 53
"""As many as a double holds exactly, so that the comparison with the share has no rounding."""


def lot_of(occasion: str, programme: str, key: bytes) -> float:
    """Return the lot in [0, 1) of this occasion in this programme; programmes draw independently of each other."""
    digest = keyed_hash(key, f"{programme}\n{occasion}")
    drawn = int.from_bytes(digest[:8], "big") >> (64 - LOT_BITS)
    return float(drawn) / float(1 << LOT_BITS)


def is_drawn(lot: float, share: float) -> bool:
    """Say whether a lot is in a sample of `share` (0 asks nobody, 1 asks everybody)."""
    return lot < share
