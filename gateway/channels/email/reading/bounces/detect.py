from __future__ import annotations

import re
from collections.abc import Callable
from itertools import islice

from gateway.channels.email.reading.bounces.status import Outcome, outcomes_in, spelled
from gateway.channels.email.reading.bounces.text import (
    local_names,
    recipients_in,
    report_of,
    with_status,
)
from gateway.channels.email.reading.bounces.wording import (
    BODY,
    DELAYED,
    GIVEN_UP,
    MAILER,
    MAILER_NAME,
    SMTP_REFUSAL,
    SUBJECT,
    SUBJECT_END,
)
from gateway.channels.email.reading.headers import Headers, read_headers
from gateway.channels.email.reading.keys import message_id_of, refers_to
from gateway.channels.email.reading.parties import parse_list, parties_of
from gateway.channels.email.reading.parts import Part
from gateway.core.model import Bounce, FailedRecipient, Party

_STATUS_TYPES = ("message/delivery-status", "message/global-delivery-status")
_RECEIPT_TYPES = ("message/disposition-notification", "message/global-disposition-notification")
_FIELD_TYPES = (*_STATUS_TYPES, *_RECEIPT_TYPES)
_RETURNED_TYPES = (
    *("message/rfc822", "text/rfc822-headers", "message/rfc822-headers"),
    *("message/global", "message/global-headers", "message/partial"),
)
_RETURNED_ID = re.compile(r"(?im)^[ \t>]{0,6}message-id:\s{0,3}<([^<>\s]{3,500})>")
_ORIGINAL_ID = re.compile(rb"(?im)^(?:x-)?original-message-id:[ \t]{0,9}<?([^<>\s]{3,500})>?")
_MARK = re.compile(
    rb"(?im)^[ \t>]{0,6}x-helpdesk-mark:\s{0,4}<([^<>\s]{3,500})>\s{1,4}([a-z2-7]{16})(?![a-z2-7])"
)
_HEAD = 20_000
_COPY = 100_000  # octets, in which the header of what came back stands


def bounce_in(
    root: Part,
    leaves: list[Part],
    subject: str,
    text: str,
    author: Party,
    *,
    from_nobody: bool = False,
    is_own_mark: Callable[[str], bool],
) -> tuple[Bounce, str] | None:
    """What a delivery report says, and by which sign it is one; None if it is none.

    A report that all went well is no bounce. ``from_nobody``: it came without a sender to
    answer to, or calls itself an automatic answer. ``is_own_mark``: see `ReadOptions`.
    """
    headers = root.headers
    statuses = [leaf for leaf in leaves if leaf.type in _STATUS_TYPES]
    outcomes = [outcome for leaf in statuses[:20] for outcome in outcomes_in(leaf)]
    if outcomes and all(outcome.action == "delivered" for outcome in outcomes):
        return None
    because = _formal(root, statuses) or _sign(headers, subject, text, author)
    if not because and from_nobody and _refuses(subject, text):
        because = "words of a mail server, from nobody"
    if not because:
        return None
    recipients = _of_outcomes(outcomes) if outcomes else _of_text(headers, leaves, text, author)
    marked = _marked_id(leaves, text, is_own_mark)
    return (
        Bounce(
            recipients=recipients,
            temporary=_temporary(outcomes, subject, text),
            returned_id=marked or _returned_id(headers, leaves, text),
            marked=bool(marked),
        ),
        because,
    )


def refusal_in(
    headers: Headers, leaves: list[Part], text: str, *, is_own_mark: Callable[[str], bool]
) -> Bounce | None:
    """What a disposition notification says that refuses the mail, as Sieve does (RFC 5429)."""
    receipts = [leaf for leaf in leaves if leaf.type in _RECEIPT_TYPES]
    refused = [o for leaf in receipts[:20] for o in outcomes_in(leaf)]
    if not refused:
        return None
    marked = _marked_id(leaves, text, is_own_mark)
    returned_id = marked or _returned_id(headers, leaves, text)
    return Bounce(recipients=_of_outcomes(refused), returned_id=returned_id, marked=bool(marked))


def delivered(leaves: list[Part]) -> bool:
    """Whether a delivery report says that the mail arrived (RFC 3464, section 2.3.3)."""
    statuses = [leaf for leaf in leaves if leaf.type in _STATUS_TYPES]
    outcomes = [outcome for leaf in statuses[:20] for outcome in outcomes_in(leaf)]
    return bool(outcomes) and all(outcome.action == "delivered" for outcome in outcomes)


def _formal(root: Part, statuses: list[Part]) -> str:
    """The signs that are made for machines to read."""
    if statuses:
        return "delivery status report (RFC 3464)"
    if root.type == "multipart/report":
        kind = root.params.get("report-type", "").lower()
        return "delivery status report (RFC 6522)" if kind == "delivery-status" else ""
    for name in _OF_SERVERS:
        if name in root.headers:
            return name
    return ""


_OF_SERVERS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr")


def _refuses(subject: str, text: str) -> bool:
    """Whether a text reads as a server's refusal, by its codes or by its title and words."""
    report = report_of(text)[:_HEAD]
    if SMTP_REFUSAL.search(report):
        return True
    return SUBJECT.search(subject[:200]) is not None and BODY.search(report) is not None


def _sign(headers: Headers, subject: str, text: str, author: Party) -> str:
    """By what a report without a machine-readable part is told from a person's mail."""
    mailer = MAILER.match(author.address) is not None or bool(MAILER_NAME.search(author.name))
    titled = SUBJECT.match(subject) is not None or _ends_as_title(subject)
    if not mailer and not titled:
        return ""
    worded = BODY.search(report_of(text)[:_HEAD]) is not None
    if mailer and (worded or SUBJECT.search(subject) or SMTP_REFUSAL.search(report_of(text))):
        return f"a delivery report of {author.address or author.name}"
    if titled and worded and _machine_made(headers, text):
        return "subject and words of a delivery report"
    return ""


def _ends_as_title(subject: str) -> bool:
    """Whether a server put its title behind the subject of what came back.

    A title right behind ``Fwd:`` is that of a report that somebody passes on, or answers.
    """
    if SUBJECT_END.search(subject) is None:
        return False
    passed_on = _PASSED_ON.match(subject)
    return passed_on is None or SUBJECT.match(subject, passed_on.end()) is None


_PASSED_ON = re.compile(
    r"(?:fwd?|wg|tr|rv|i|enc|vs|vb|vl|fs|pd|doorst|ilt|re|aw|sv|odp|antw|ynt|rif|res"
    r"|转发|轉寄|転送|回复|回覆)\s{0,2}[:：]\s{0,4}",
    re.IGNORECASE,
)
_MACHINE_WORDS = re.compile(
    r"(?i)following (?:recipient|address|user)|failed recipient|created automatically|smtp error"
    r"|recipient|"
    r"non-?delivery report|do not reply|e-?mail address|addresse|delivery to|deliver(?:y of|ed to)"
)


def _machine_made(headers: Headers, text: str) -> bool:
    """A person may well complain that a parcel could not be delivered."""
    return "in-reply-to" not in headers and _MACHINE_WORDS.search(text[:_HEAD]) is not None


def _of_outcomes(outcomes: list[Outcome]) -> tuple[FailedRecipient, ...]:
    found: dict[str, FailedRecipient] = {}
    for outcome in outcomes:
        if outcome.action != "delivered" and outcome.address:
            found.setdefault(
                outcome.address.lower(),
                FailedRecipient(address=outcome.address, status=outcome.status),
            )
    return tuple(found.values())


def _of_text(
    headers: Headers, leaves: list[Part], text: str, author: Party
) -> tuple[FailedRecipient, ...]:
    """Recipients from the header that Exim adds, else from the words of the report."""
    failed = headers.text("x-failed-recipients")
    report = report_of(text)
    if failed:
        return with_status(report, [spelled(failed, p.address) for p in parse_list(failed)])
    senders = [
        party.address for name in ("to", "sender") for party in parties_of(headers, name, 20)
    ]
    found = recipients_in(report, [*senders, author.address])
    if found:
        return found
    return _of_wrapped(leaves) or local_names(report, author.address.rpartition("@")[2])


def _of_wrapped(leaves: list[Part]) -> tuple[FailedRecipient, ...]:
    """Recipients of a report that was itself wrapped into a message."""
    from gateway.channels.email.reading.parts import read_parts

    for leaf in leaves:
        if leaf.type == "message/rfc822" and b"delivery-status" in leaf.content()[:_HEAD]:
            inner = read_parts(leaf.content())[0].leaves()
            outcomes = [o for one in inner if one.type in _STATUS_TYPES for o in outcomes_in(one)]
            return _of_outcomes(outcomes)
    return ()


def _temporary(outcomes: list[Outcome], subject: str, text: str) -> bool:
    if outcomes:
        return all(outcome.action != "failed" for outcome in outcomes)
    report = report_of(text)
    return bool(DELAYED.search(f"{subject}\n{report}")) and not GIVEN_UP.search(report)


def _marked_id(leaves: list[Part], text: str, is_own_mark: Callable[[str], bool]) -> str | None:
    """The Message-ID of ours in the copy of what came back, where the mark beside it proves it."""
    returned = [leaf.content()[:_COPY] for leaf in leaves if leaf.type in _RETURNED_TYPES]
    words = text[:200_000].encode("utf-8", "replace")
    for where in (*returned[:5], words):
        for found in islice(_MARK.finditer(where), 5):
            message_id, signed = (octets.decode("ascii", "replace") for octets in found.groups())
            if is_own_mark(f"<{message_id}> {signed}"):
                return message_id
    return None


def _returned_id(headers: Headers, leaves: list[Part], text: str) -> str | None:
    """The Message-ID of what came back.

    From its copy, from the report's own fields, from the words of the report, else from what the
    report says that it answers.
    """
    for leaf in leaves:
        if leaf.type in _RETURNED_TYPES:
            data = leaf.content()
            found = message_id_of(read_headers(data, 0, len(data))[0])
            if found:
                return found
    for leaf in leaves:
        if leaf.type in _FIELD_TYPES and (named := _ORIGINAL_ID.search(leaf.content()[:_HEAD])):
            return named[1].decode("utf-8", "replace")
    match = _RETURNED_ID.search(text[:200_000])
    return match[1] if match else _answered(headers)


def _answered(headers: Headers) -> str | None:
    return next((key.removeprefix("mail:") for key in refers_to(headers)), None)
