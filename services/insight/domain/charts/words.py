"""Numbers, money and dates as the reader writes them; every number in every chart comes from here."""

from collections.abc import Callable
from datetime import datetime

from babel import Locale, UnknownLocaleError
from babel.dates import format_skeleton
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from services.insight.domain.intervals import Interval

LEAST = 30
"""Under so many answers counts are shown, not a percentage."""
Write = Callable[[float], str]


class Words:
    """How one reader writes; a language that nobody knows is written in English."""

    def __init__(self, language: str = "en") -> None:
        try:
            self.locale = Locale.parse(language, sep="-")
        except (UnknownLocaleError, ValueError):
            self.locale = Locale.parse("en")

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share, e.g. 79.5%."""
        return format_percent(share, format=f"#,##0.{'0' * digits}%" if digits else "#,##0%", locale=self.locale)

    def count(self, number: float) -> str:
        """Write a whole number with its thousands apart."""
        return format_decimal(round(number), locale=self.locale)

    def number(self, number: float, digits: int = 1) -> str:
        """Write a number with at most so many digits behind the point."""
        return format_decimal(round(number, digits), format=f"#,##0.{'#' * digits}", locale=self.locale)

    def short(self, number: float) -> str:
        """Write a large number briefly, for an axis."""
        return format_compact_decimal(number, locale=self.locale, fraction_digits=1) if abs(number) >= 10_000 else self.number(number)  # noqa: PLR2004

    def money(self, amount: float, currency: str | None) -> str:
        """Write an amount; without a currency as a plain number."""
        if currency is None:
            return self.number(amount, 2)
        whole = abs(amount) >= 1000 and round(amount, 2) == round(amount)  # noqa: PLR2004
        return format_currency(amount, currency, format="¤#,##0" if whole else None, locale=self.locale, currency_digits=not whole)

    def day(self, moment: datetime) -> str:
        """Write a day without its year."""
        return format_skeleton("MMMd", moment, locale=self.locale)

    def period(self, start: datetime, end: datetime) -> str:
        """Write a span of days with its years."""
        return f"{format_skeleton('yMMMd', start, locale=self.locale)} to {format_skeleton('yMMMd', end, locale=self.locale)}"

    def share_of(self, good: int, n: int) -> str:
        """Write a share of n; few answers are written as counts, since a percentage would look surer than it is."""
        return f"{self.count(good)} of {self.count(n)}" if n < LEAST else self.percent(good / n)

    def interval(self, found: Interval | None, write: Write) -> str:
        """Write an interval, or nothing."""
        return "" if found is None else f"{write(found.low)} to {write(found.high)}"
