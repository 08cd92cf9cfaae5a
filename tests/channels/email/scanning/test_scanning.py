"""Malware is found when a mail comes in, and handed on to nobody."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import structlog

from gateway.channels.email import plugin as email
from gateway.channels.email.scanning import Clamd, ScanError, ScanningIntake
from gateway.core.model import Message, RemarkKind
from gateway.core.ports import Accepted, Incoming, Scans, Trouble
from tests.channels.email.reading.kit import read
from tests.channels.test_contract import AROUND
from tests.servers import free_port
from tests.servers.clamd import MALWARE, NAME, Scanner, clamd

HEAD = b"From: ada@example.org\nSubject: x\nContent-Type: multipart/mixed; boundary=b\n\n"
WORDS = b"--b\nContent-Type: text/plain\n\nSee both.\n"
CLEAN = WORDS + b"--b\nContent-Type: application/pdf; name=plan.pdf\n\nplan\n"
BAD = b"--b\nContent-Type: application/msword; name=bill.doc\n\n" + MALWARE + b"\n--b--\n"


class Kept:
    """The desk's side: what was accepted, and of which trouble leads would hear."""

    def __init__(self) -> None:
        self.mails: list[Incoming] = []
        self.told: list[Trouble] = []

    async def accept(self, incoming: Incoming) -> Accepted:
        self.mails.append(incoming)
        return Accepted(len(self.mails))

    async def report(self, trouble: Trouble) -> None:
        self.told.append(trouble)


@pytest.fixture
async def scanner() -> AsyncIterator[Scanner]:
    async with clamd() as one:
        yield one
    assert one.wrong == []


def incoming(raw: bytes) -> Incoming:
    now = datetime(2026, 1, 5, tzinfo=UTC)
    return Incoming(channel="email", external_id="1", raw=raw, received_at=now, envelope={"v": 1})


async def taken_in(raw: bytes, place: str, patience: float = 5.0) -> tuple[Message, Kept]:
    kept = Kept()
    await ScanningIntake(kept, Clamd(place=place, timeout=patience)).accept(incoming(raw))
    (mail,) = kept.mails
    assert mail.raw == raw
    return read(mail.raw, dict(mail.envelope)), kept


def said(message: Message) -> list[tuple[RemarkKind, str]]:
    return [(r.kind, r.about) for r in message.remarks]


async def test_an_infected_file_is_marked_and_named_the_others_are_not(scanner: Scanner):
    message, _ = await taken_in(HEAD + CLEAN + BAD, scanner.place)
    assert [(a.name, a.infected) for a in message.attachments] == [
        ("plan.pdf", ""),
        ("bill.doc", NAME),
    ]
    assert said(message) == [(RemarkKind.INFECTED, f"bill.doc ({NAME})")]
    assert message.attachments[1].data == MALWARE
    assert len(scanner.scanned) == 3


async def test_a_clean_mail_is_asked_about_once_and_stays_as_it_is(scanner: Scanner):
    message, kept = await taken_in(HEAD + CLEAN + b"--b--\n", scanner.place)
    assert (said(message), message.attachments[0].infected) == ([], "")
    assert scanner.scanned == [HEAD + CLEAN + b"--b--\n"]
    assert kept.told == []


async def test_malware_that_is_in_no_file_keeps_all_of_them_away(scanner: Scanner):
    hidden = HEAD.replace(b"Subject: x", b"Subject: x\nX-Odd: " + MALWARE)
    message, _ = await taken_in(hidden + CLEAN + b"--b--\n", scanner.place)
    assert [a.infected for a in message.attachments] == [NAME]


async def test_a_mail_without_files_says_what_was_found(scanner: Scanner):
    message, _ = await taken_in(b"From: a@example.org\n\n" + MALWARE, scanner.place)
    assert said(message) == [(RemarkKind.INFECTED, NAME)]


async def test_a_large_mail_goes_in_pieces(scanner: Scanner):
    raw = HEAD + CLEAN + b"x" * 3_000_000 + b"\n" + BAD
    message, _ = await taken_in(raw, scanner.place)
    assert [a.infected for a in message.attachments] == ["", NAME]


async def test_a_unix_socket(tmp_path: Path):
    async with clamd(tmp_path / "clamd.ctl") as scanner:
        assert await Clamd(place=scanner.place).scan(MALWARE) == NAME
        assert await Clamd(place=scanner.place).scan(b"") == ""
        await Clamd(place=scanner.place).ping()


@pytest.mark.parametrize("what", ["away", "silent", "too large", "nonsense", "no end"])
async def test_when_nobody_can_scan_the_mail_is_accepted_and_says_so(what: str, scanner: Scanner):
    scanner.silent = what == "silent"
    scanner.limit = 10 if what == "too large" else scanner.limit
    scanner.answer = {"nonsense": b"what?\0", "no end": b"stream: OK"}.get(what)
    place = f"127.0.0.1:{free_port()}" if what == "away" else scanner.place
    with structlog.testing.capture_logs() as lines:
        message, kept = await taken_in(HEAD + CLEAN + b"--b--\n", place, patience=0.3)
    assert said(message) == [(RemarkKind.UNSCANNED, "")]
    assert [a.infected for a in message.attachments] == [""]
    assert [line["event"] for line in lines] == ["mail_not_scanned"]
    assert "plan" not in str(lines)
    assert [(t.key, t.over) for t in kept.told] == [("email.scan", False)]
    scanner.wrong.clear()  # it is ours that hung up on purpose


async def test_when_it_is_back_the_trouble_is_over(scanner: Scanner):
    kept = Kept()
    intake = ScanningIntake(kept, Clamd(place=scanner.place))
    scanner.answer = b"what?\0"
    await intake.accept(incoming(HEAD))
    scanner.answer = None
    await intake.accept(incoming(HEAD))
    await intake.accept(incoming(HEAD))
    assert [t.over for t in kept.told] == [False, True]


async def test_a_few_mails_are_scanned_at_a_time(scanner: Scanner):
    intake = ScanningIntake(Kept(), Clamd(place=scanner.place))
    await asyncio.gather(*(intake.accept(incoming(HEAD)) for _ in range(30)))
    assert len(scanner.scanned) == 30
    assert scanner.most_at_once <= 4


async def test_an_error_names_what_is_wrong_and_no_words_of_the_mail(scanner: Scanner):
    scanner.answer = b"stream: Can't allocate memory ERROR\0"
    with pytest.raises(ScanError, match="allocate memory"):
        await Clamd(place=scanner.place).scan(b"secret")


async def test_files_of_chats_are_searched_by_the_same_scanner(scanner: Scanner):
    def of(scan: dict[str, str]) -> Scans:
        table = email.settings.model_validate({"send": {"maildir": "/nowhere"}, "scan": scan})
        channel = email.build(table, AROUND)
        assert isinstance(channel, Scans)
        return channel

    there = of({"clamd": scanner.place})
    assert await there.scan(MALWARE) == NAME
    assert await there.scan(b"clean") == ""
    assert await of({}).scan(MALWARE) == ""  # nothing is scanned
    assert await of({"clamd": f"127.0.0.1:{free_port()}"}).scan(MALWARE) is None
