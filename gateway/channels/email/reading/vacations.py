"""Answers of vacation programs that say so in their words alone.

Strict, for a person's mail must not be taken for a machine's: what somebody writes *about* an
absence is theirs. A vacation program never asks, and quotes nothing above its words.
"""

from __future__ import annotations

import re

from gateway.channels.email.reading.absence_words import (
    ABSENT,
    CLUES_OF_ABSENCE,
    CLUES_OF_MACHINES,
    CUT_OFF,
    HINT,
    INSTEAD,
    LATER,
    MACHINE,
    THANKS,
    TITLE,
    WHEN,
)

_HEAD = 1_500  # characters: no vacation program says more before it has said what it is
_TITLED = re.compile(rf"(?:{TITLE.pattern})\s*(?:[:：»]|!|\(|[\[\]】]|-\s|re\b)", re.IGNORECASE)
# Lotus Notes: "AUTO: Ada Byron is out of the office (returning 12/01/2026)".
_NOTES = re.compile(
    r"auto\s?:\s.{2,100}?\b(?:is out of the office|ist (?:au(?:ß|ss)er haus|nicht im b[üu]ro)"
    r"|est absente? du bureau|n['’]est pas au bureau|non [èe] in ufficio|[èe] fuori ufficio"
    r"|no (?:se encuentra|est[áa]) en la oficina|est[áa] fuera de la oficina"
    r"|n[ãa]o est[áa] no escrit[óo]rio|est[áa] fora do escrit[óo]rio|is niet op kantoor|is afwezig"
    r"|jest poza biurem)\b",
    re.IGNORECASE,
)
_BARE_TITLE = re.compile(rf"(?:{TITLE.pattern})\s*[.!]?$", re.IGNORECASE)
_REPLY = re.compile(
    r"(?:re|aw|sv|vs|odp|rif|ynt|res|antw|回复|回覆|答复|回信)\s*[:：]", re.IGNORECASE
)
_QUOTED = re.compile(
    r"^(?:>|-{3,} ?\w|_{10}|(?:from|von|de|da|van|от|från|fra|od|发件人|差出人)\s?[:：])"
    r"|^.{5,120}(?:wrote|schrieb|escribi[óo]|ha scritto|a [ée]crit|escreveu|schreef"
    r"|skrev)\b.{0,20}:$",
    re.IGNORECASE | re.MULTILINE,
)
_ASKS = re.compile(
    r"[?？¿؟]|\b(?:please|kindly|could you|can you|help|bitte|könnt|por favor|per favore"
    r"|s'il vous pla[îi]t|alstublieft|graag|prosz[ęe]|пожалуйста|snälla|vær så|olkaa|prosím|kérem"
    r"|lütfen)\b|请|ください|お願い",
    re.IGNORECASE,
)
_QUESTION = re.compile(r"[?？¿؟]")
_ADDRESS = re.compile(r"[^\s<>()@]{1,64}@[^\s<>()@]{1,190}\b")
_FURTHER = (LATER, INSTEAD, THANKS, CUT_OFF)
# Where a sentence ends; not at the dot of a date, or of what is cut short.
_SENTENCES = re.compile(r"[!。！\n]+|(?<=\w{3})\.(?:\s|$)|(?<=[\u3040-\u9fff])[.．]")
_FEWEST_WORDS = 5  # of a sentence that says something: a greeting and a name have fewer
_FEWEST_SIGNS = 13  # the same, in writing without spaces
_DENSE = re.compile("[\u3040-\u9fff]")


def vacation_sign(subject: str, text: str, *, answers: bool) -> str:
    """Why a mail is taken for a vacation program's, empty if it is not.

    Anchored at the beginning of the subject: ``Re: Out of office plans`` is a person's.
    ``answers``: the mail refers to another one.
    """
    subject = subject.strip(" \t*[【")
    if _TITLED.match(subject) or _NOTES.match(subject):
        return _by_title(text, answers=answers)
    if _BARE_TITLE.match(subject):
        said = _said(text)
        sure = answers or ABSENT.search(said) or (MACHINE.search(said) and not _asks(said))
        return "subject of an automatic reply" if sure else ""
    if HINT.match(subject):
        return _by_hint(_said(text))
    if answers or _REPLY.match(subject):
        return _by_words(text)
    return ""


def _said(text: str) -> str:
    """The beginning of the words, without what is quoted below them."""
    head = text[:_HEAD]
    quoted = _QUOTED.search(head)
    return _ADDRESS.sub("@", head[: quoted.start()] if quoted else head)


def _asks(said: str) -> bool:
    return _QUESTION.search(said) is not None


def _by_title(text: str, *, answers: bool) -> str:
    """``Automatic reply: Printer`` is a program's, unless somebody asks about such a thing."""
    said = _said(text)
    if answers or not _ASKS.search(said) or ABSENT.search(said) or MACHINE.search(said):
        return "subject of an automatic reply"
    return ""


def _by_hint(said: str) -> str:
    """``Out of office``: its words tell of the author's own absence, and want nothing."""
    if not ABSENT.search(said) or _asks(said):
        return ""
    if _further(said) or MACHINE.search(said) or not _ASKS.search(said):
        return "subject and words of an absence note"
    return ""


def _by_words(text: str) -> str:
    """An answer under the subject of what it answers: it must say all that such notes say."""
    # Nearly every answer is a person's, and done with here: what is quoted is left out by its
    # first sign, before patterns look for it.
    lowered = text[:_HEAD].partition("\n>")[0].lower()
    away = CLUES_OF_ABSENCE.search(lowered) is not None
    if not away and CLUES_OF_MACHINES.search(lowered) is None:
        return ""
    said = _said(text)
    if _asks(said):
        return ""
    absent, machine = away and ABSENT.search(said) is not None, MACHINE.search(said) is not None
    if machine and (absent or _further(said)):
        return "words of an automatic reply"
    return "words of an absence note" if absent and _says_it_all(said) else ""


def _says_it_all(said: str) -> bool:
    """Whether enough of its sentences are an absence note's: a person says something beside."""
    signs = [_is_of_note(one) for one in _SENTENCES.split(said) if _says_something(one)]
    further = _further(said)
    if further >= 2:
        return 2 * sum(signs) >= len(signs)
    helps = any(pattern.search(said) for pattern in (LATER, INSTEAD, CUT_OFF))
    return all(signs) and (helps or (further > 0 and WHEN.search(said) is not None))


def _says_something(sentence: str) -> bool:
    """Whether it is more than a greeting or a name."""
    return len(sentence.split()) >= _FEWEST_WORDS or (
        _DENSE.search(sentence) is not None and len(sentence.strip()) >= _FEWEST_SIGNS
    )


def _is_of_note(sentence: str) -> bool:
    return any(pattern.search(sentence) for pattern in (ABSENT, WHEN, *_FURTHER))


def _further(said: str) -> int:
    """How many of the things it says that absence notes say beside."""
    return sum(pattern.search(said) is not None for pattern in _FURTHER)
