"""Public holidays where the recipient lives: a day on which nobody is asked, if the programme says so."""

from collections.abc import Callable
from datetime import date
from functools import lru_cache

DayOff = Callable[[date], bool]


@lru_cache(maxsize=1)
def supported_countries() -> frozenset[str]:
    """Return the ISO 3166-1 codes whose public holidays are known (library `holidays`)."""
    from holidays import list_supported_countries

    return frozenset(list_supported_countries(include_aliases=False))


@lru_cache(maxsize=4096)
def _year(country: str, year: int) -> frozenset[date]:
    from holidays import country_holidays

    return frozenset(country_holidays(country, years=year))


def is_holiday(country: str, day: date) -> bool:
    """Say whether `day` is a public holiday in the whole of `country`; a country that the library does not know has none."""
    return country in supported_countries() and day in _year(country, day.year)


def days_off(country: str | None) -> DayOff | None:
    """Return the test for holidays of a country; None when no country is known, so that nothing is left out in the dark."""
    return None if country is None else lambda day: is_holiday(country, day)
