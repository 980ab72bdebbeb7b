"""Lines of an upload while it streams in: NDJSON or CSV, never more than one line and one chunk in memory."""

from services.feedback.use_cases.prepare_lines import TOO_LONG

MOST_LINE = 256 * 1024
"""Bytes of one line; a longer one is refused as a line, and skipped."""


class Lines:
    """Cuts chunks into numbered lines. A line that is too long comes out as TOO_LONG. CSV lines end where no quote is open."""

    def __init__(self, *, quoted: bool) -> None:
        self._quoted = quoted
        self._rest = b""
        self._skipping = False
        self._number = 0
        self._record: list[bytes] = []

    def feed(self, chunk: bytes) -> list[tuple[int, bytes]]:
        """Return the lines that are complete now."""
        *whole, self._rest = (self._rest + chunk).split(b"\n")
        found = [line for one in whole if (line := self._take(one)) is not None]
        if len(self._rest) > MOST_LINE:
            self._skipping, self._rest = True, b""
        return found

    def end(self) -> list[tuple[int, bytes]]:
        """Return what is left when the upload is over."""
        last = self._take(self._rest) if self._rest or self._skipping else None
        open_record = [(self._number, b"\n".join(self._record))] if self._record else []
        return [*([last] if last else []), *open_record]

    def _take(self, one: bytes) -> tuple[int, bytes] | None:
        self._number += 1
        if self._skipping or len(one) > MOST_LINE:
            self._skipping = False
            return self._number, TOO_LONG
        if not self._quoted:
            plain = one.strip()
            return (self._number, plain) if plain else None
        if not self._record and not one.strip():
            return None
        self._record.append(one)
        if sum(part.count(b'"') for part in self._record) % 2 and sum(map(len, self._record)) < MOST_LINE:
            return None
        record, self._record = b"\n".join(self._record), []
        return self._number, record
