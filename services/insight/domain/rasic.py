"""Who does what for an initiative: responsible, accountable, supports, informed, consulted."""

from collections.abc import Sequence


def unclear(*, accountable: str, responsible: str, others: dict[str, Sequence[str]]) -> str | None:
    """Say in a sentence what is wrong with a RASIC, None when it is clear.

    Exactly one person is accountable (they may also be the responsible one); nobody else holds two parts.
    """
    if not accountable.strip() or not responsible.strip():
        return "An initiative needs one accountable and one responsible person."
    seen: dict[str, str] = {_same(responsible): "responsible", _same(accountable): "accountable"}
    for part, names in others.items():
        for name in names:
            held = seen.get(_same(name))
            if held is not None:
                return f"{name} is {held} and {part}: one person, one part."
            seen[_same(name)] = part
    return None


def _same(name: str) -> str:
    return " ".join(name.casefold().split())
