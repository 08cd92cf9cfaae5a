from __future__ import annotations

import re
from collections.abc import Collection
from itertools import filterfalse

from gateway.channels.email.reading.headers import Headers

_TAG = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_;,\s]|$)")
# Signs and digits of ASCII are no part of a word; the others are rare, and cost it.
_BETWEEN = str.maketrans({sign: " " for sign in map(chr, range(128)) if not sign.isalpha()})
_MANY = 20  # words; of fewer the evidence has to be better
_FEWEST_DIFFERENT = 3  # of a language's words, in a short text
_SAMPLE = 1_200
_STOP_WORDS = {
    "en": "the and is are was to of in that it for with this have not you we my i be on at"
    " please can hi hello thanks there when how from or could would need does",
    "es": "el los las y es que de en por para con no una se su lo como más pero está hola"
    " gracias mi yo tengo me al del mis cuando muy buenos buenas días desde necesito favor"
    " puedo puede pueden hace sin",
    "fr": "le les et est que de en pour pas une des je vous nous sur avec dans ce cette"
    " bonjour merci mais mon ne du me ma mes ai suis sont votre au aux ça pouvez depuis",
    "de": "der die das und ist nicht ich sie wir ein eine zu mit für auf es dem den von"
    " haben bitte hallo aber mein auch wie wenn noch kann können bei im am vom zum guten tag"
    " danke mir mich uns wird wurde meine meinen seit",
    "it": "il gli e è che di per non una si con sono questo della ho grazie ciao anche ma"
    " mio del nel alla come mi mia mie posso buongiorno salve vorrei dal dalla nella perché"
    " quando da",
    "pt": "os as e é que de em para não uma com por mas está você eu obrigado obrigada olá"
    " meu isso do da no na minha meus bom boa dia tarde consigo estou tenho quando pelo pela"
    " são muito ao me",
}
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _words in _STOP_WORDS.items():
    for _word in frozenset(_words.split()):
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _language)


def language_of(headers: Headers, *texts: str) -> str | None:
    """The language of the first text that says it, as its primary tag (RFC 5646), or None.

    What the mail says of itself (Content-Language, RFC 3282) counts first, then a clear winner
    among six languages by their commonest words, then what its author wants to read.
    """
    return (
        _declared(headers, "content-language")
        or next(filter(None, map(guessed, texts)), None)
        or _declared(headers, "accept-language")
    )


def _declared(headers: Headers, name: str) -> str | None:
    value = headers.raw(name)
    match = _TAG.match(value[:100].decode("ascii", "replace")) if value else None
    return match[1].lower() if match else None


def guessed(text: str) -> str | None:
    """One of en, es, it, fr, de, pt, if its words say so clearly."""
    plain = " ".join(filterfalse(_is_address, text[:_SAMPLE].lower().split()))
    words = plain.translate(_BETWEEN).split()
    if len(words) < _MANY:
        return _clear(set(words), most=2.0, share=0.25, fewest=_FEWEST_DIFFERENT)
    return _clear(words, most=1.5, share=0.12)


def _is_address(word: str) -> bool:
    """Of mail or the Web: ``com`` is a word in Portuguese."""
    return "@" in word or "/" in word or "." in word.rstrip(".,;:!?)")


def _clear(words: Collection[str], *, most: float, share: float, fewest: int = 1) -> str | None:
    """The language with ``most`` times the hits of the next one, and enough of all words."""
    hits = dict.fromkeys(_STOP_WORDS, 0)
    for languages in filter(None, map(_LANGUAGES.get, words)):
        for language in languages:
            hits[language] += 1
    first, second = sorted(hits, key=lambda language: -hits[language])[:2]
    enough = hits[first] >= max(fewest, share * len(words))
    return first if enough and hits[first] >= most * hits[second] else None
