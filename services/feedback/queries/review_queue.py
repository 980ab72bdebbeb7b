"""The review queue: three items by what they teach, then one by lot, and so on."""

from uuid import UUID

from services.feedback import repository
from services.feedback.contract import ItemView
from services.feedback.models import Item
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import Page, decode_cursor, encode_cursor

Place = tuple[float, UUID] | None


async def queue_page(tx: Tx, cursor: str | None, limit: int) -> Page[ItemView]:
    """Return one page; the cursor remembers the place in both lists. Raises InvalidInput on a cursor that is not ours."""
    telling_from, drawn_from, turn = _read(cursor)
    telling = await repository.review_queue(tx, telling_from, limit + 1, by_lot=False)
    drawn = await repository.review_queue(tx, drawn_from, limit + 1, by_lot=True)
    shown: list[Item] = []
    while len(shown) < limit and (telling or drawn):
        by_lot = drawn and (turn % 4 == 3 or not telling)  # noqa: PLR2004 - the fourth of four
        item = drawn.pop(0) if by_lot else telling.pop(0)
        place = (float(item.review_rank or 0.0), item.id)
        telling_from, drawn_from = (telling_from, place) if by_lot else (place, drawn_from)
        shown.append(item)
        turn += 1
    more = bool(telling or drawn)
    return Page(items=[ItemView.model_validate(item) for item in shown], next_cursor=_write(telling_from, drawn_from, turn) if more else None)


def _read(cursor: str | None) -> tuple[Place, Place, int]:
    if cursor is None:
        return None, None, 0
    parts = decode_cursor(cursor, 5)
    try:
        return _place(parts[0], parts[1]), _place(parts[2], parts[3]), int(parts[4])
    except ValueError as error:
        raise InvalidInput("The cursor is not one that this list gave out. Start again without it.", pointer="/cursor") from error


def _place(rank: str, item_id: str) -> Place:
    return (float(rank), UUID(item_id)) if rank else None


def _write(telling: Place, drawn: Place, turn: int) -> str:
    return encode_cursor(*_parts(telling), *_parts(drawn), str(turn))


def _parts(place: Place) -> tuple[str, str]:
    return (repr(place[0]), str(place[1])) if place else ("", "")
