"""Public holidays by country and region. The library is loaded when a calendar names a region."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

REGION_WORDS = 'a country such as "ES", or a region of one such as "ES-MD"'


def checked_region(given: str) -> str:
    """A region as the library spells it, whatever its case.

    Raises ValueError with the words of what is known.
    """
    region = given.strip().upper()
    if not region:
        return ""
    for spelled in _spellings(region):
        try:
            _library(spelled)()
        except NotImplementedError:
            continue
        return spelled
    raise ValueError(_expected(region))


def _spellings(region: str) -> Iterator[str]:
    """In capitals, as nearly all are, and only then as it may be spelt otherwise."""
    yield region
    from holidays import list_supported_countries

    country, _, part = region.partition("-")
    known = list_supported_countries().get(country, ())
    yield from (f"{country}-{code}" for code in known if code.upper() == part)


def holidays_of(region: str) -> Callable[[int], frozenset[date]]:
    """The holidays of a region, year by year; each year is worked out once."""
    library = _library(region)

    @lru_cache(maxsize=256)
    def dates(year: int) -> frozenset[date]:
        return frozenset(library(years=year))

    return dates


def _library(region: str) -> Callable[..., Any]:
    from holidays import country_holidays

    country, _, part = region.partition("-")
    return lambda **more: country_holidays(country, subdiv=part or None, **more)


def _expected(region: str) -> str:
    """What is known, with the nearest to what was written: of a country its regions."""
    from holidays import list_supported_countries
    from holidays.registry import COUNTRIES

    country, _, part = region.partition("-")
    regions = list_supported_countries().get(country)
    if regions is not None:
        known = {code.upper(): f"{country}-{code}" for code in regions}
        listed = ", ".join(known.values()) or "none is known"
        return f"a region of {country}: {listed}{_hint(part, known)}"
    names = {name.replace("_", " ").upper(): codes[1] for name, codes in COUNTRIES.items()}
    return f"{REGION_WORDS}{_hint(country, names | {c: c for c in names.values()})}"


def _hint(word: str, known: dict[str, str]) -> str:
    found = get_close_matches(word, known, n=1, cutoff=0.5)
    return f' (did you mean "{known[found[0]]}"?)' if found else ""
