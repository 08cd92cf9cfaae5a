"""An invitation as lines that a person can read: what, when, where, who (RFC 5545, RFC 5546)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from gateway.channels.email.reading.words import tidy

_LONGEST = 256 * 1024
_EVENTS = ("VEVENT", "VTODO")
_MOST_EVENTS = 3
_MOST_PEOPLE = 20
_LONGEST_VALUE = 300
_LINE = re.compile(r'([A-Za-z-]{1,40})((?>(?:;[^=:;]{1,40}=(?:"[^"\n]*"|[^";:\n]*))*)):([^\n]*)')
_PARAMETER = re.compile(r';([^=:;]{1,40})=(?:"([^"]*)"|([^";:]*))')
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d\d(Z?))?$")
_ESCAPED = re.compile(r"\\(.)")

# What the words at the head of an event mean, by the language of the mail.
_WORDS = {
    "en": "Invitation|Accepted|Declined|Perhaps|Answer to the invitation|Cancelled"
    "|Another time proposed|Event|When|Where|Organizer|With|Repeats",
    "es": "Invitación|Aceptada|Rechazada|Quizás|Respuesta a la invitación|Cancelada"
    "|Otra hora propuesta|Evento|Cuándo|Dónde|Organiza|Con|Se repite",
    "it": "Invito|Accettato|Rifiutato|Forse|Risposta all'invito|Annullato"
    "|Altro orario proposto|Evento|Quando|Dove|Organizza|Con|Si ripete",
    "fr": "Invitation|Acceptée|Refusée|Peut-être|Réponse à l'invitation|Annulée"
    "|Autre horaire proposé|Événement|Quand|Où|Organisé par|Avec|Se répète",
    "de": "Einladung|Zugesagt|Abgesagt|Vielleicht|Antwort auf die Einladung|Fällt aus"
    "|Andere Zeit vorgeschlagen|Termin|Wann|Wo|Eingeladen von|Mit|Wiederholt sich",
    "pt": "Convite|Aceite|Recusado|Talvez|Resposta ao convite|Cancelado"
    "|Outra hora proposta|Evento|Quando|Onde|Organiza|Com|Repete-se",
}
_KEYS = (
    "REQUEST", "ACCEPTED", "DECLINED", "TENTATIVE", "REPLY", "CANCEL",
    "COUNTER", "PUBLISH", "when", "where", "organizer", "with", "repeats",
)  # fmt: skip


@dataclass(slots=True)
class _Event:
    values: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    people: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def invitation(ics: str, language: str | None) -> str:
    """The events of a calendar file as lines, headed by what they ask or answer; may be empty.

    Headings are in the language of the mail where the desk speaks it, else in English.
    """
    words = dict(zip(_KEYS, _WORDS.get(language or "", _WORDS["en"]).split("|"), strict=True))
    method, events = _read(ics[:_LONGEST])
    return "\n\n".join(_lines(event, method, words) for event in events)


def _read(ics: str) -> tuple[str, list[_Event]]:
    """The method, and the events."""
    method, events = "PUBLISH", list[_Event]()
    open_ones: list[str] = []
    for name, parameters, value in _properties(ics):
        if name == "BEGIN":
            open_ones.append(value.strip().upper())
            if open_ones[-1] in _EVENTS:
                events.append(_Event())
        elif name == "END":
            del open_ones[-1:]
        elif name == "METHOD":
            method = value.strip().upper()
        elif open_ones and open_ones[-1] in _EVENTS:
            _keep(events[-1], name, parameters, value)
    return method, [event for event in events[:_MOST_EVENTS] if event.values]


def _properties(ics: str) -> Iterator[tuple[str, dict[str, str], str]]:
    unfolded = ics.replace("\n ", "").replace("\n\t", "")
    for line in unfolded.split("\n"):
        match = _LINE.match(line)
        if match:
            parameters = {p[1].upper(): p[2] or p[3] or "" for p in _PARAMETER.finditer(match[2])}
            yield match[1].upper(), parameters, match[3]


def _keep(event: _Event, name: str, parameters: dict[str, str], value: str) -> None:
    if name == "ATTENDEE":
        if len(event.people) < _MOST_PEOPLE:
            event.people.append((value, parameters))
    else:
        event.values.setdefault(name, (value, parameters))


def _lines(event: _Event, method: str, words: dict[str, str]) -> str:
    heading = method
    if method == "REPLY" and len(event.people) == 1:
        heading = event.people[0][1].get("PARTSTAT", "").upper()
    elif event.values.get("STATUS", ("", {}))[0].strip().upper() == "CANCELLED":
        heading = "CANCEL"
    other = words["REPLY" if method == "REPLY" else "PUBLISH"]
    said = words.get(heading, other) if heading.isupper() else other
    lines = [
        f"{said}: {_text(event, 'SUMMARY')}",
        f"{words['when']}: {_when(event)}",
        f"{words['where']}: {_text(event, 'LOCATION')}",
        f"{words['repeats']}: {_text(event, 'RRULE')}",
        f"{words['organizer']}: {_organizer(event)}",
        f"{words['with']}: {', '.join(_person(*one) for one in event.people)}",
    ]
    return "\n".join(line for line in lines if not line.endswith(": "))


def _text(event: _Event, name: str) -> str:
    value = event.values.get(name, ("", {}))[0][: 2 * _LONGEST_VALUE]
    plain = _ESCAPED.sub(lambda m: " " if m[1] in "nN" else m[1], value)
    return tidy(plain)[:_LONGEST_VALUE]


def _when(event: _Event) -> str:
    begin, zone = _moment(event, "DTSTART")
    end, end_zone = _moment(event, "DTEND")
    if end[:10] == begin[:10] and zone == end_zone:
        end = end[11:]
    between = f"{begin} – {end}" if end and begin else begin or end
    return f"{between} {zone}".strip()


def _moment(event: _Event, name: str) -> tuple[str, str]:
    value, parameters = event.values.get(name, ("", {}))
    match = _MOMENT.match(value.strip())
    if match is None:
        return "", ""
    day = f"{match[1]}-{match[2]}-{match[3]}"
    if match[4] is None:
        return day, ""
    zone = "UTC" if match[6] else parameters.get("TZID", "")
    return f"{day} {match[4]}:{match[5]}", f"({tidy(zone)[:60]})" if zone else ""


def _organizer(event: _Event) -> str:
    return _person(*event.values["ORGANIZER"]) if "ORGANIZER" in event.values else ""


def _person(value: str, parameters: dict[str, str]) -> str:
    address = tidy(value[:_LONGEST_VALUE])
    address = address[7:] if address.lower().startswith("mailto:") else address
    name = tidy(parameters.get("CN", ""))[:100]
    return f"{name} <{address}>" if name and name != address else address
