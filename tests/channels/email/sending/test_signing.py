"""What we sign is believed by others, and by ourselves."""

import asyncio
import mailbox
from pathlib import Path

import dkim
import pytest
from aiosmtpd.smtp import SMTP as Server

from gateway.channels.email.sending.building import to_bytes
from gateway.channels.email.sending.maildir import MaildirSender
from gateway.channels.email.sending.signing import Signer
from gateway.channels.email.sending.signing_key import KeyFileError, read_key
from gateway.channels.email.sending.smtp import SmtpOptions, SmtpSender
from gateway.core.model import Attachment, Party
from tests.channels.email.sending.outbounds import document, outbound, words
from tests.channels.email.sending.test_smtp_server import Box

KEYS = Path(__file__).parents[3] / "keys"
LETTER = outbound(
    reply_to="support+7.abc@acme.example",
    shown_cc=(Party(address="añá@example.org", name="Aña, Á."),),
    thread=("mail:1@example.org", "mail:2@example.org"),
    mark="v1.signed-mark",
    document=document("Ñandú on fire " * 8, words("línea  \n\n.\n-- \nx\n\n\n")),
    attachments=(Attachment(name="a.bin", type="application/x-thing", data=bytes(9_000)),),
)


def signer(name: str = "rsa") -> Signer:
    return Signer(domain="acme.example", selector="s1", key=read_key(KEYS / f"{name}.pem"))


def believed(mail: bytes, name: str = "rsa") -> bool:
    record = read_key(KEYS / f"{name}.pem").record().encode()
    asked: list[bytes] = []

    def dns(at: bytes, timeout: float = 5) -> bytes:
        asked.append(at)
        return record

    good = bool(dkim.verify(mail, dnsfunc=dns))
    assert asked == [b"s1._domainkey.acme.example."]
    return good


def tags(mail: bytes) -> dict[str, str]:
    head = mail.decode().split("\r\nFrom:")[0].partition(":")[2]
    pairs = (tag.partition("=") for tag in "".join(head.split()).split(";"))
    return {name: value for name, _, value in pairs}


@pytest.mark.parametrize("name", ["rsa", "rsa-pkcs1", "ed25519"])
@pytest.mark.parametrize("utf8", [False, True])
def test_others_believe_it(name: str, utf8: bool):
    mail = signer(name)(to_bytes(LETTER, domain="acme.example", utf8=utf8), LETTER.created_at)
    assert believed(mail, name)
    assert not believed(mail.replace(b"Message-ID: <out", b"Message-ID: <in"), name)
    assert not believed(mail.replace(b"X-Helpdesk-Mark: v1", b"X-Helpdesk-Mark: v2"), name)
    assert not believed(mail.replace(b"From:", b"From: eve@evil.example\r\nFrom:", 1), name)


def test_what_is_signed():
    found = tags(signer()(to_bytes(LETTER, domain="acme.example"), LETTER.created_at))
    assert (found["c"], found["d"], found["s"]) == ("relaxed/relaxed", "acme.example", "s1")
    assert found["t"] == "1767603600"
    names = found["h"].split(":")
    assert names.count("from") == 2
    wanted = "to cc subject date message-id reply-to in-reply-to references mime-version"
    assert set(f"{wanted} content-type x-helpdesk-mark auto-submitted".split()) <= set(names)


def test_every_try_bears_the_same_signature():
    mail = to_bytes(LETTER, domain="acme.example")
    assert signer()(mail, LETTER.created_at) == signer()(mail, LETTER.created_at)


def test_no_line_of_it_is_longer_than_mail_may_have():
    mail = signer()(to_bytes(LETTER, domain="acme.example"), LETTER.created_at)
    head = mail.partition(b"\r\nFrom:")[0]
    assert max(map(len, head.split(b"\r\n"))) <= 78


async def test_into_the_maildir(tmp_path: Path):
    out = MaildirSender(tmp_path / "out", domain="acme.example", sign=signer())
    await out.send(LETTER)
    (name,) = (tmp_path / "out" / "new").iterdir()
    raw = name.read_bytes().replace(b"\n", b"\r\n")
    assert believed(raw)
    assert next(iter(mailbox.Maildir(tmp_path / "out")))["Return-Path"] == "<>"


async def test_through_a_relay():
    box = Box()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(box, hostname="mx", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    options = SmtpOptions(host="127.0.0.1", port=port, security="none", hostname="desk")
    out = SmtpSender(options, domain="acme.example", sign=signer())
    try:
        await out.send(LETTER)
        await out.aclose()
    finally:
        server.close()
        await server.wait_closed()
    (envelope,) = box.taken
    assert isinstance(envelope.content, bytes)
    assert believed(envelope.content)


def pem(kind: str, content: str = "AAAA") -> str:
    return f"-----BEGIN {kind}-----\n{content}\n-----END {kind}-----\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no PEM"),
        ("hello", "no PEM"),
        (pem("CERTIFICATE"), "another kind (CERTIFICATE)"),
        (pem("PUBLIC KEY"), "another kind (PUBLIC KEY)"),
        (pem("ENCRYPTED PRIVATE KEY"), "passphrase"),
        (pem("RSA PRIVATE KEY", "Proc-Type: 4,ENCRYPTED\n\nAAAA"), "no PEM"),
        (pem("PRIVATE KEY"), "damaged"),
        (pem("PRIVATE KEY", "A"), "damaged"),
        (pem("PRIVATE KEY", "MIIB"), "damaged"),
        ((KEYS / "rsa.pem").read_text()[:-1200] + "-----END PRIVATE KEY-----", "damaged"),
        ((KEYS / "ec.pem").read_text(), "another kind (EC PRIVATE KEY)"),
        ((KEYS / "rsa-weak.pem").read_text(), "only 768 bits"),
        ("-----BEGIN " * 20_000, "no PEM"),
    ],
    ids=range(13),
)
def test_files_that_hold_no_key(tmp_path: Path, text: str, said: str):
    file = tmp_path / "key.pem"
    file.write_text(text)
    with pytest.raises(KeyFileError, match=said.replace("(", r"\(").replace(")", r"\)")):
        read_key(file)


def test_a_key_is_read_with_windows_line_ends_and_words_above_it(tmp_path: Path):
    text = "Key of the desk\r\n" + (KEYS / "ed25519.pem").read_text().replace("\n", "\r\n")
    (tmp_path / "key.pem").write_bytes(text.encode())
    assert read_key(tmp_path / "key.pem") == read_key(KEYS / "ed25519.pem")


def test_no_secret_in_a_repr():
    shown = repr(read_key(KEYS / "rsa.pem")) + repr(signer("ed25519"))
    assert "seed" not in shown
    assert "prime" not in shown
