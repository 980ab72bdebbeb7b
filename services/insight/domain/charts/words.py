"""Words, numbers, money and dates as the reader writes them; everything that is written into a chart comes from here."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_date, format_skeleton, format_timedelta
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from services.insight.domain.charts.wording import LANGUAGES, tongue_of
from services.insight.domain.intervals import LEVEL, Interval

LEAST = 30
"""Under so many answers counts are shown, not a percentage."""
Write = Callable[[float], str]
ENGLISH = ("en", Locale("en"))


class Words:
    """How one reader reads and writes; a language that charts do not speak is written in English, numbers and all."""

    def __init__(self, language: str = "en") -> None:
        self.language, self.locale = tongue_of(language) or ENGLISH
        self.said = LANGUAGES[self.language]

    @property
    def rtl(self) -> bool:
        """Say whether the reader reads from right to left."""
        return self.said.direction == "rtl"

    def listed(self, names: Iterable[str]) -> str:
        """Write names one after the other."""
        return self.said.comma.join(names)

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share, e.g. 79.5% or 79,5 %."""
        return self._percent(share, f"#,##0.{'0' * digits}" if digits else "#,##0")

    def _percent(self, share: float, digits: str) -> str:
        usual = str(self.locale.percent_formats[None].pattern)
        return format_percent(share, format=usual.replace("#,##0", digits).replace("#,##,##0", digits), locale=self.locale)

    def count(self, number: float) -> str:
        """Write a whole number with its thousands apart."""
        return format_decimal(round(number), locale=self.locale)

    def number(self, number: float, digits: int = 1) -> str:
        """Write a number with at most so many digits behind the point."""
        return format_decimal(round(number, digits), format=f"#,##0.{'#' * digits}", locale=self.locale)

    def short(self, number: float) -> str:
        """Write a large number briefly, for an axis; as it is where a language has no brief form for it."""
        brief = format_compact_decimal(number, locale=self.locale, fraction_digits=1)
        is_brief = any(one.isalpha() for one in brief)
        return brief if abs(number) >= 10_000 and is_brief else self.number(number, 0 if abs(number) >= 10_000 else 1)  # noqa: PLR2004  five figures

    def money(self, amount: float, currency: str | None) -> str:
        """Write an amount; without a currency as a plain number."""
        if currency is None:
            return self.number(amount, 2)
        whole = abs(amount) >= 1000 and round(amount, 2) == round(amount)  # noqa: PLR2004  four figures
        usual = str(self.locale.currency_formats["standard"].pattern)
        return format_currency(amount, currency, format=usual.replace(".00", "") if whole else usual, locale=self.locale, currency_digits=not whole)

    def day(self, moment: datetime) -> str:
        """Write a day without its year."""
        return format_skeleton("MMMd", moment, locale=self.locale)

    def date(self, moment: datetime) -> str:
        """Write a day with its year."""
        return format_date(moment, format="medium", locale=self.locale)

    def days(self, number: int) -> str:
        """Write a span of so many days, e.g. 41 days."""
        return format_timedelta(timedelta(days=max(1, number)), granularity="day", threshold=1e9, locale=self.locale)

    def level(self, share: float = LEVEL) -> str:
        """Write how sure an interval or a limit is, e.g. 95% or 99.8%."""
        return self._percent(share, "#,##0.#")

    def answers(self, number: float) -> str:
        """Write so many answers."""
        return self.said.n_answers.format(count=self.count(number))

    def contacts(self, number: float) -> str:
        """Write so many contacts."""
        return self.said.n_contacts.format(count=self.count(number))

    def share_of(self, good: int, n: int) -> str:
        """Write a share of n; few answers are written as counts, since a percentage would look surer than it is."""
        return self.said.share_of.format(good=self.count(good), n=self.count(n)) if n < LEAST else self.percent(good / n)

    def interval(self, found: Interval | None, write: Write) -> str:
        """Write an interval, or nothing."""
        return "" if found is None else self.said.span.format(low=write(found.low), high=write(found.high))
