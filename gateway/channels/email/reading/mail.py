from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from traceback import extract_tb
from typing import Any

import structlog

from gateway.channels.email.reading.attachments import attachments_of
from gateway.channels.email.reading.authentication import proof_of
from gateway.channels.email.reading.automatic import Origin, Seen, asks_for_silence, origin_of
from gateway.channels.email.reading.bodies import read_bodies
from gateway.channels.email.reading.charsets import clean
from gateway.channels.email.reading.dates import date_of, plausible
from gateway.channels.email.reading.fingerprint import fingerprint_of
from gateway.channels.email.reading.forwards import inline_forward, subject_says_forward
from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.html.limits import within_limits
from gateway.channels.email.reading.html.sanitise import sanitised
from gateway.channels.email.reading.kept_headers import KeptHeaders
from gateway.channels.email.reading.keys import key_of, message_id_of, refers_to
from gateway.channels.email.reading.language import language_of
from gateway.channels.email.reading.letter import beginning, events_of, joined, words_of
from gateway.channels.email.reading.options import ReadOptions
from gateway.channels.email.reading.parties import parties_of
from gateway.channels.email.reading.parts import Part, read_parts
from gateway.channels.email.reading.receipts import answers_invitation
from gateway.channels.email.reading.remarks import remarks_of, several_authors
from gateway.channels.email.reading.scanned import scanned
from gateway.channels.email.reading.senders import (
    author_of,
    envelope_from,
    is_list,
    list_id_of,
    other_authors,
    recipients_of,
)
from gateway.channels.email.reading.sources import Mail, source_of
from gateway.channels.email.reading.texts import seen, shown, written
from gateway.core.model import Automatic, Forwarded, Message, Party, Proof

log = structlog.get_logger(__name__)
_LONGEST_SUBJECT = 500
_MOST_NAMED = 500
_MESSAGES = ("message/rfc822", "message/global")


def read_mail(raw: bytes, envelope: Mapping[str, Any], options: ReadOptions) -> Message:
    """A mail (RFC 5322, MIME) as a message: read as far as it goes, never raises.

    ``envelope`` is what the receiving side wrote down: ``from``, ``to``, ``peer``, ``helo``,
    ``source`` (``smtp``, ``lmtp``, ``imap``, ``import``); of a mail from a mailbox ``mailbox``, its
    address, and ``arrived_at``, when it came there. Any of them may be missing. What was wrong
    with the mail stands in ``defects``.
    """
    try:
        return _read(_normal_line_ends(raw), envelope, options)
    except Exception as error:
        # The promise to the inbox: whatever the mail holds, it is kept and shown. A fault of
        # ours must not lose it, and is named where an operator looks.
        log.warning("mail_not_understood", problem=type(error).__name__, where=_where(error))
        return _unread(raw, envelope, error)


def _where(error: Exception) -> str:
    """The line of code that failed; what the error says may be words of the mail."""
    frame = extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"


def _normal_line_ends(raw: bytes) -> bytes:
    return raw.replace(b"\r", b"\n") if b"\n" not in raw[:65_536] and b"\r" in raw[:65_536] else raw


def _unread(raw: bytes, envelope: Mapping[str, Any], error: Exception) -> Message:
    from hashlib import blake2b

    text = clean(raw[:1_000_000].decode("utf-8", "replace"))
    return Message(
        channel="email",
        author=Party(address=envelope_from(envelope) or ""),
        fingerprint=blake2b(raw, digest_size=16).hexdigest(),
        text=text,
        full_text=text,
        defects=(f"not understood, shown as it came: {type(error).__name__}: {error}"[:300],),
    )


def _read(raw: bytes, envelope: Mapping[str, Any], options: ReadOptions) -> Message:
    root, defects = read_parts(raw)
    headers, leaves = root.headers, root.leaves()
    headers.charset = headers.charset or _charset_of(leaves)
    bodies = read_bodies(root)
    defects += bodies.defects
    subject = headers.text("subject")[:_LONGEST_SUBJECT]
    full_text, html = words_of(bodies, defects)
    message_id = message_id_of(headers)
    author = author_of(headers, envelope, options.own_lists)
    to, cc = (parties_of(headers, name, _MOST_NAMED) for name in ("to", "cc"))
    everything, whole = beginning(full_text)
    full_text = seen(everything)
    files, alarms = scanned(envelope, [*attachments_of(bodies, html, defects), *whole])
    origin = origin_of(
        Seen(
            headers=headers,
            root=root,
            leaves=leaves,
            subject=subject,
            text=full_text,
            author=author,
            envelope=envelope,
            options=options,
        )
    )
    several = several_authors(other_authors(headers, author, options.own_lists))
    source = source_of(
        options.sources,
        Mail(headers=headers, author=author, to=to, cc=cc, subject=subject, text=full_text),
        defects,
    )
    forwarded = _forwarded(leaves, full_text, subject, headers, origin)
    forward = forwarded is not None or subject_says_forward(subject)
    words = written(full_text, forward=forward)
    language = language_of(headers, words, full_text)
    events = events_of(bodies, language)
    return Message(
        channel="email",
        author=author,
        answers_invitation=answers_invitation(leaves),
        source=source,
        fingerprint=fingerprint_of(headers, leaves, envelope_from(envelope) or ""),
        message_id=message_id,
        own_key=key_of(message_id) if message_id else None,
        refers_to=refers_to(headers),
        to=to,
        cc=cc,
        recipients=recipients_of(headers, envelope, (*to, *cc), defects),
        subject=subject,
        sent_at=_sent_at(headers, options, defects),
        delivered_at=_delivered_at(envelope),
        text=joined(words, events),
        full_text=joined(shown(everything), events),
        html=_shown_html(html, defects),
        attachments=tuple(files),
        automatic=origin.automatic,
        automatic_because=origin.because,
        wants_silence=asks_for_silence(headers),
        bounce=origin.bounce,
        list_id=_list_of(origin, headers, envelope, options),
        proof=_proof(headers, envelope, options, author, defects),
        language=language,
        forwarded=forwarded,
        remarks=remarks_of(root, [*several, *alarms, *bodies.remarks]),
        headers=KeptHeaders(headers),
        defects=tuple(dict.fromkeys(defects)),
    )


def _proof(
    headers: Headers,
    envelope: Mapping[str, Any],
    options: ReadOptions,
    author: Party,
    defects: list[str],
) -> Proof:
    """What is known of the sender; that a list of ours is itself proves nobody's words."""
    named = next(iter(parties_of(headers, "from", 1)), author)
    shown = named if is_list(named.address, options.own_lists) else author
    proof = proof_of(headers, envelope, options.trusted_authserv, shown.address, defects)
    return proof if shown is author or proof.refused else Proof()


def _charset_of(leaves: list[Part]) -> str | None:
    """What the words are written in: octets of eight bits in the headers are likely so, too."""
    return next((c for leaf in leaves if (c := leaf.params.get("charset"))), None)


def _list_of(
    origin: Origin, headers: Headers, envelope: Mapping[str, Any], options: ReadOptions
) -> str:
    """The list that passed the mail on.

    A delivery report that came from nobody (RFC 3464, section 2) came to us and not to a list,
    whatever headers the mail that it returns has lent it.
    """
    if origin.automatic is Automatic.BOUNCE and envelope_from(envelope) == "":
        return ""
    return list_id_of(headers, options.own_lists)


def _shown_html(html: str | None, defects: list[str]) -> str | None:
    if html is None:
        return None
    html, defect = within_limits(html)
    if defect:
        defects.append(defect)
        return None
    return sanitised(html) or None


def _delivered_at(envelope: Mapping[str, Any]) -> datetime | None:
    value = envelope.get("arrived_at")
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None


def _sent_at(headers: Headers, options: ReadOptions, defects: list[str]) -> datetime | None:
    text = headers.text("date")
    moment = date_of(text) if text else None
    if text and moment is None:
        defects.append("a Date that cannot be read")
    elif moment is not None and not plausible(moment, options.now()):
        defects.append("a Date that cannot be right")
        return None
    return moment


def _forwarded(
    leaves: list[Part], full_text: str, subject: str, headers: Headers, origin: Origin
) -> Forwarded | None:
    if origin.automatic is not None and origin.bounce is not None:
        return None
    answers = "in-reply-to" in headers
    return inline_forward(full_text, subject, answers=answers) or _attached(leaves, full_text)


def _attached(leaves: list[Part], comment: str) -> Forwarded | None:
    """The first message that came as an attachment, read one level deep."""
    part = next((leaf for leaf in leaves if leaf.type in _MESSAGES), None)
    if part is None:
        return None
    root, defects = read_parts(part.content())
    author = author_of(root.headers, {}, ())
    if not author.address:
        return None
    bodies = read_bodies(root)
    full_text, html = words_of(bodies, defects)
    full_text, _ = beginning(full_text)  # the message itself is a file already
    sent_at = date_of(root.headers.text("date"))
    message_id = message_id_of(root.headers)
    return Forwarded(
        author=author,
        subject=root.headers.text("subject")[:_LONGEST_SUBJECT],
        text=written(seen(full_text)),
        full_text=shown(full_text),
        html=_shown_html(html, defects),
        comment=written(comment, forward=True),
        key=key_of(message_id) if message_id else None,
        sent_at=sent_at,
        language=language_of(root.headers, full_text),
    )
