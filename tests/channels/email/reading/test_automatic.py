import pytest

from gateway.channels.email.reading import ReadOptions, read_mail
from gateway.core.model import Automatic, Bounce
from tests.channels.email.reading.kit import plain, read

HEADERS = {
    "Auto-Submitted: no": None,
    "Auto-Submitted: auto-replied (vacation)": Automatic.AUTO_REPLY,
    "Auto-Submitted: auto-generated": Automatic.BULK,
    "Auto-Submitted: auto-notified; owner=x": Automatic.BULK,
    "Precedence: bulk": Automatic.BULK,
    "Precedence: auto_reply": Automatic.AUTO_REPLY,
    "Precedence: first-class": None,
    "List-Id: <x.example.org>": Automatic.BULK,
    "List-Unsubscribe: <mailto:x@example.org>": Automatic.BULK,
    "X-Autoreply: yes": Automatic.AUTO_REPLY,
    "X-Autorespond: x": Automatic.AUTO_REPLY,
    "X-Auto-Response-Suppress: All": None,
    "X-Priority: 1": None,
}


@pytest.mark.parametrize("header", HEADERS)
def test_header_of_a_machine(header: str):
    message = plain("Hello", header)
    assert message.automatic is HEADERS[header]
    assert bool(message.automatic_because) is (message.automatic is not None)


def test_null_sender_that_the_delivering_server_noted_down():
    """As IMAP and an import bring it: there is no envelope (RFC 5321, section 4.4)."""
    raw = "Return-Path: {}\nFrom: a@example.org\nSubject: x\n\nx"
    assert read(raw.format("<>")).automatic is Automatic.AUTO_REPLY
    assert read(raw.format("<a@example.org>")).automatic is None
    assert read(raw.format("<>"), {"from": "a@example.org"}).automatic is None


@pytest.mark.parametrize(
    ("value", "silence"),
    [("All", True), ("DR, RN, NRN, OOF, AutoReply", True), ("OOF, DR", False), ("None", False)],
)
def test_sender_who_wants_no_automatic_answer(value: str, silence: bool):
    assert plain("Hello", f"X-Auto-Response-Suppress: {value}").wants_silence is silence


@pytest.mark.parametrize(
    ("envelope", "kind"),
    [({"from": ""}, Automatic.AUTO_REPLY), ({"from": "<>"}, Automatic.AUTO_REPLY), ({}, None)],
)
def test_null_sender_counts_only_when_the_envelope_says_so(envelope: dict[str, str], kind: object):
    assert read("From: a@example.org\nSubject: x\n\nx", envelope).automatic is kind


VACATIONS = [
    "Automatic reply: Printer",
    "Out of Office AutoReply: Printer",
    "Abwesenheitsnotiz: Printer",
    "Automatische Antwort: Printer",
    "Respuesta automática: Printer",
    "Risposta automatica: Printer",
    "Réponse automatique : Printer",
    "Resposta automática: Printer",
    "Automatisch antwoord: Printer",
    "Odpowiedź automatyczna: Printer",
    "Автоматический ответ: Printer",
    "Autosvar: Printer",
    "Automatiskt svar: Printer",
    "Automatisk svar: Printer",
    "Automaattinen vastaus: Printer",
    "Automatická odpověď: Printer",
    "Automatikus válasz: Printer",
    "Otomatik yanıt: Printer",
    "自动回复: Printer",
    "自動応答: Printer",
]


@pytest.mark.parametrize("subject", VACATIONS)
def test_subject_of_a_vacation_program(subject: str):
    assert plain("Back on Monday.", f"Subject: {subject}").automatic is Automatic.AUTO_REPLY


PEOPLE = [
    ("Re: Out of office plans", "Are we closed?"),
    ("Out of office plans for May", "Are we closed?"),
    ("Out of office: how do I set it?", "I want the out of office answer."),
    ("Re: Automatic reply: Printer", "Who is Bob standing in for?"),
    ("Automatic replies do not work", "Help."),
    ("Abwesenheit", "Wie trage ich meine Abwesenheit ein?"),
    ("Undeliverable mail to our customers?", "Some mail does not arrive."),
    ("Delivery failure", "My parcel could not be delivered."),
    ("Re: Undelivered Mail Returned to Sender", "Why did this come back?"),
    ("Fwd: failure notice", "I got this:\n\n<bob@example.org>:\nuser unknown"),
    ("Read this: urgent", "Please."),
]


@pytest.mark.parametrize(("subject", "text"), PEOPLE, ids=lambda value: value[:30])
def test_person_is_not_taken_for_a_machine(subject: str, text: str):
    assert plain(text, f"Subject: {subject}").automatic is None


def test_absence_note_is_told_by_subject_and_words():
    note = plain("I am out of the office until Monday.", "Subject: Out of office")
    assert note.automatic is Automatic.AUTO_REPLY


def test_own_mail_is_told_by_its_mark_before_anything_else():
    raw = "From: a@example.org\nX-Helpdesk-Mark: good\nAuto-Submitted: auto-replied\n\nx"
    assert read(raw, is_own_mark=lambda mark: mark == "good").automatic is Automatic.OWN
    assert read(raw, is_own_mark=lambda mark: False).automatic is Automatic.AUTO_REPLY


def dsn(*groups: str) -> str:
    status = "\n\n".join(["Reporting-MTA: dns; x", *groups])
    return (
        "From: x@mx.example.net\nSubject: report\n"
        "Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n"
        f"--b\n\nA report.\n\n--b\nContent-Type: message/delivery-status\n\n{status}\n--b--\n"
    )


def group(address: str, action: str, status: str) -> str:
    return f"Final-Recipient: rfc822; {address}\nAction: {action}\nStatus: {status}"


def test_report_of_several_recipients_counts_those_who_failed():
    message = read(
        dsn(
            group("a@example.org", "failed", "5.1.1"),
            group("b@example.org", "relayed", "2.0.0"),
            group("c@example.org", "delayed", "4.4.1"),
        )
    )
    assert message.bounce is not None
    assert [(r.address, r.status) for r in message.bounce.recipients] == [
        ("a@example.org", "5.1.1"),
        ("c@example.org", "4.4.1"),
    ]
    assert not message.bounce.temporary


def test_delay_alone_is_temporary():
    bounce = read(dsn(group("a@example.org", "delayed", "4.4.1"))).bounce
    assert bounce is not None
    assert bounce.temporary


def test_report_that_it_arrived_is_a_receipt():
    message = read(dsn(group("a@example.org", "delivered", "2.0.0")))
    assert (message.automatic, message.bounce) == (Automatic.AUTO_REPLY, None)


def test_address_that_was_written_to_counts_not_the_one_behind_it():
    group_ = "Original-Recipient: rfc822;a@example.org\n" + group(
        "a77@in.example", "failed", "5.0.0"
    )
    bounce = read(dsn(group_)).bounce
    assert bounce is not None
    assert [r.address for r in bounce.recipients] == ["a@example.org"]


WORDED = {
    "Failed Recipient: a@example.org\nReason: unknown": ["a@example.org"],
    "Your message did not reach the following recipient: a@example.org": ["a@example.org"],
    "Unable to deliver message to the following address(es).\n\n<a@example.org>:\nfull": [
        "a@example.org"
    ],
    "The following addresses had permanent fatal errors\nb@in.example\n"
    "  (expanded from: <a@example.org>)": ["b@in.example", "a@example.org"],
    "Unknown user: a@example.org\n\nOriginal message follows.\n\nUnknown user: z@example.org": [
        "a@example.org"
    ],
    "Not delivered. Please contact help@provider.example\n\n  a@example.org\n": ["a@example.org"],
}


@pytest.mark.parametrize("text", WORDED)
def test_recipients_named_in_words(text: str):
    message = read(
        f"From: MAILER-DAEMON@mx.example\nTo: s@acme.example\nSubject: failure\n\n{text}"
    )
    assert message.bounce is not None
    assert [r.address for r in message.bounce.recipients] == WORDED[text]


REPORT_OF_A_LIST = (
    b"From: MAILER-DAEMON@mx.example\nTo: talk-admin@lists.example\n"
    b"Subject: Undelivered Mail Returned to Sender\nList-Id: Talk <talk.lists.example>\n"
    b"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status;\n"
    b' boundary="b"\n\n--b\nContent-Type: text/plain\n\nIt failed.\n'
    b"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.example\n\n"
    b"Final-Recipient: rfc822; gone@example.org\nAction: failed\nStatus: 5.1.1\n--b--\n"
)


@pytest.mark.parametrize(
    ("sender", "list_id"),
    [
        ({"from": "talk-admin@lists.example"}, "talk.lists.example"),
        ({}, "talk.lists.example"),
        ({"from": ""}, ""),
    ],
)
def test_a_report_from_nobody_came_to_us_and_through_no_list(sender, list_id):
    message = read_mail(REPORT_OF_A_LIST, sender, ReadOptions())
    assert message.automatic is Automatic.BOUNCE
    assert message.list_id == list_id


MARK = "<7.abc@acme.example> " + "a2" * 8
REPORT = (
    'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
    "--b\n\nIt failed.\n--b\nContent-Type: message/delivery-status\n\n"
    "Reporting-MTA: dns; mx\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\n"
    "Status: 5.1.1\n\n"
)
COPIES = {
    "headers alone (Postfix, a large mail)": (
        REPORT + "--b\nContent-Type: text/rfc822-headers\n\n{copy}\n--b--\n"
    ),
    "the whole mail (Gmail)": (
        REPORT + "--b\nContent-Type: message/rfc822\n\n{copy}\nHello\n--b--\n"
    ),
    "in the words (Exim)": (
        "X-Failed-Recipients: bob@example.net\n\nThis message was created automatically by mail "
        "delivery software.\n\n  bob@example.net\n    Unrouteable address\n\n"
        "------ This is a copy of the message, including all the headers. ------\n\n"
        "{copy}\n\nHello\n"
    ),
    "in the words, quoted (Exchange)": (
        "X-MS-Exchange-Message-Is-Ndr:\n\nDelivery has failed to these recipients:\n"
        "bob@example.net\n\n"
        "Original message headers:\n\n{quoted}\n"
    ),
}


def returned(shape: str, mark: str) -> Bounce:
    head = "From: MAILER-DAEMON@mx.example.net\nSubject: Undelivered Mail\nMIME-Version: 1.0\n"
    received = "Received: from a by b (a long way) id 7;\n\tMon, 1 Jun 2026 00:00:00 +0000\n" * 40
    copy = f"{received}Message-ID: <7.abc@acme.example>\nX-Helpdesk-Mark: {mark}\nSubject: x\n"
    quoted = "".join(f"  {line}\n" for line in copy.splitlines())
    raw = head + COPIES[shape].format(copy=copy, quoted=quoted)
    found = read(raw, is_own_mark=MARK.__eq__).bounce
    assert found is not None
    return found


@pytest.mark.parametrize("shape", COPIES)
def test_the_copy_of_what_came_back_proves_that_it_is_ours(shape: str):
    """Servers return the whole mail, its headers alone, or either in the words of the report."""
    for mark in (MARK, MARK.replace("> ", ">\n ")):
        found = returned(shape, mark)
        assert (found.returned_id, found.marked) == ("7.abc@acme.example", True)


@pytest.mark.parametrize("mark", ["<7.abc@acme.example> " + "b2" * 8, "<7.abc@acme.example>", ""])
@pytest.mark.parametrize("shape", COPIES)
def test_a_copy_without_our_own_mark_proves_nothing(shape: str, mark: str):
    found = returned(shape, mark)
    assert (found.returned_id, found.marked) == ("7.abc@acme.example", False)


def test_a_mark_beside_another_id_is_of_its_own_mail():
    """Its id counts, and not what a forger wrote beside it."""
    other = "Message-ID: <8.other@acme.example>"
    raw = COPIES["the whole mail (Gmail)"].format(copy=f"{other}\nX-Helpdesk-Mark: {MARK}\n")
    found = read(f"From: MAILER-DAEMON@x.example\n{raw}", is_own_mark=MARK.__eq__).bounce
    assert found is not None
    assert (found.returned_id, found.marked) == ("7.abc@acme.example", True)


@pytest.mark.parametrize("prefix", ["Fwd: ", "FW: ", "Re: ", "WG: ", "TR : ", "Fw:"])
def test_who_asks_about_a_delivery_report_is_no_mail_server(prefix: str):
    """Their mail was dropped as a report about nothing that the desk had sent."""
    asked = "Why did this come back?\n\n"
    report = "> Delivery has failed to these recipients or groups:\n> bob@example.net\n"
    message = plain(asked + report, f"Subject: {prefix}Undeliverable: Hello")
    assert message.automatic is None


@pytest.mark.parametrize("subject", ["Hello (Undeliverable)", "RE: Hello : non remis (x)"])
def test_a_server_that_puts_its_title_last_is_one(subject: str):
    report = "Delivery has failed to these recipients or groups:\nbob@example.net\n"
    message = plain(report, f"Subject: {subject}")
    assert message.automatic is Automatic.BOUNCE
