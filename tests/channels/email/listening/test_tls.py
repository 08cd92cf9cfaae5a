import asyncio
import ssl
import subprocess
from pathlib import Path

import pytest

from gateway.channels.email.listening import server_context
from tests.channels.email.listening.desk import open_desk


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tls")
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 "
        "-subj /CN=desk.example -addext subjectAltName=DNS:desk.example -keyout key.pem "
        "-out certificate.pem"
    )
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True, timeout=30)
    return folder / "certificate.pem"


@pytest.fixture
def ours(certificate: Path) -> ssl.SSLContext:
    return server_context(certificate, certificate.parent / "key.pem")


@pytest.fixture
def theirs(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=certificate)


async def test_mail_over_tls(ours: ssl.SSLContext, theirs: ssl.SSLContext):
    async with open_desk(tls=ours) as desk, desk.greeted() as talk:
        assert "250-STARTTLS" in await talk.say("EHLO client.example")
        assert (await talk.say("STARTTLS")).startswith("220 2.0.0")
        await talk.secure(theirs)
        assert (await talk.say("MAIL FROM:<a@example.org>"))[:9] == "503 5.5.1"
        assert "STARTTLS" not in await talk.say("EHLO client.example")
        assert (await talk.say("STARTTLS"))[:9] == "503 5.5.1"
        await talk.begin()
        assert (await talk.say("Subject: s\r\n\r\n" + "x" * 300_000 + "\r\n."))[:9] == "250 2.0.0"
        assert (await talk.say("QUIT"))[:9] == "221 2.0.0"
        assert await talk.ended()
        assert desk.inbox.kept[0].envelope["tls"] is True
        assert b" with ESMTPS id " in desk.inbox.kept[0].raw


async def test_nothing_said_before_the_handshake_counts(
    ours: ssl.SSLContext, theirs: ssl.SSLContext
):
    injected = b"EHLO evil.example\r\nMAIL FROM:<evil@example.org>\r\n"
    async with open_desk(tls=ours) as desk, desk.greeted() as talk:
        await talk.say("EHLO client.example")
        await talk.send(b"STARTTLS\r\n" + injected)
        assert (await talk.reply())[:3] == "220"
        await talk.secure(theirs)
        assert (await talk.say("RCPT TO:<support@acme.example>"))[:9] == "503 5.5.1"
        assert (await talk.say("MAIL FROM:<a@example.org>")).startswith("503 5.5.1 send HELO")


@pytest.mark.parametrize("junk", [b"EHLO no tls here\r\n", b"\x16\x03\x01\x00\x05junk!", b""])
async def test_a_handshake_that_fails_frees_the_place(junk: bytes, ours: ssl.SSLContext):
    async with open_desk(tls=ours, max_connections=1) as desk:
        async with desk.greeted() as talk:
            await talk.say("EHLO client.example")
            await talk.say("STARTTLS")
            await talk.send(junk)
            talk.writer.write_eof()
            await asyncio.wait_for(talk.reader.read(), 5)
        async with desk.greeted() as talk:
            assert (await talk.say("NOOP"))[:3] == "250"


async def test_silence_ends_a_session_over_tls(ours: ssl.SSLContext, theirs: ssl.SSLContext):
    async with open_desk(tls=ours, idle_timeout=0.3, max_connections=1) as desk:
        async with desk.greeted() as talk:
            await talk.say("EHLO client.example")
            await talk.say("STARTTLS")
            await talk.secure(theirs)
            assert (await talk.reply())[:9] == "421 4.4.2"
            assert await talk.ended()
        async with desk.greeted() as talk:
            assert (await talk.say("NOOP"))[:3] == "250"


def test_on_uvloop(ours: ssl.SSLContext, theirs: ssl.SSLContext):
    uvloop = pytest.importorskip("uvloop")

    async def scenario() -> None:
        await test_mail_over_tls(ours, theirs)
        await test_nothing_said_before_the_handshake_counts(ours, theirs)
        await test_silence_ends_a_session_over_tls(ours, theirs)
        for junk in (b"EHLO no tls here\r\n", b""):
            await test_a_handshake_that_fails_frees_the_place(junk, ours)

    uvloop.run(scenario())


def test_a_missing_certificate_is_told(tmp_path: Path):
    with pytest.raises(FileNotFoundError):
        server_context(tmp_path / "none.pem")
