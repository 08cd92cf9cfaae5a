"""Nothing is sent in the clear, or to somebody else, where the config wants TLS."""

import ssl
from pathlib import Path

import pytest
from pydantic import SecretStr

from gateway.channels.email.sending.session import SmtpOptions
from gateway.channels.email.sending.smtp import SmtpSender
from gateway.core.ports import TemporaryError
from tests.channels.email.sending.outbounds import outbound
from tests.channels.email.sending.scripted import ScriptedServer, running

CERTIFICATES = Path(__file__).parent / "certificates"
CA = str(CERTIFICATES / "ca.pem")


def server_side(name: str = "localhost") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATES / f"{name}.pem")
    return context


def sender(server: ScriptedServer, security: str, *, ca: str = CA) -> SmtpSender:
    options = SmtpOptions(
        host="localhost",
        port=server.port,
        security=security,  # type: ignore[arg-type]
        user="desk",
        password=SecretStr("hunter2"),
        timeout=2.0,
        hostname="desk",
        tls_ca=ca,
    )
    return SmtpSender(options, domain="acme.example")


async def refused(server: ScriptedServer, security: str, **options: str) -> str:
    out = sender(server, security, **options)
    with pytest.raises(TemporaryError) as caught:
        await out.send(outbound())
    await out.aclose()
    assert not {"AUTH", "MAIL"} & set(server.verbs())
    return str(caught.value)


async def test_starttls_comes_before_login_and_mail():
    server = ScriptedServer(offers=["STARTTLS", "AUTH PLAIN"], tls=server_side())
    async with running(server):
        out = sender(server, "starttls")
        await out.send(outbound())
        await out.send(outbound())
        await out.aclose()
    assert server.verbs()[:5] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL"]
    assert server.connections == 1
    assert len(server.mails) == 2


async def test_a_server_without_starttls_gets_nothing():
    async with running(ScriptedServer(offers=["AUTH PLAIN"])) as server:
        said = await refused(server, "starttls")
    assert "offers no STARTTLS" in said


async def test_a_server_that_refuses_starttls_gets_nothing():
    script = {"STARTTLS": ["454 4.7.0 Not now"]}
    async with running(ScriptedServer(script, offers=["STARTTLS", "AUTH PLAIN"])) as server:
        assert "454" in await refused(server, "starttls")


@pytest.mark.parametrize(
    ("certificate", "ca"), [("localhost", ""), ("other.example", CA)], ids=["authority", "name"]
)
@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_a_server_whose_certificate_is_not_good_gets_nothing(security, certificate, ca):
    context = server_side(certificate)
    server = ScriptedServer(offers=["STARTTLS", "AUTH PLAIN"], tls=context)
    options = {"ssl": context} if security == "tls" else {}
    async with running(server, **options):
        assert "is not trusted" in await refused(server, security, ca=ca)


async def test_tls_from_the_first_octet():
    server = ScriptedServer(offers=["AUTH PLAIN"])
    async with running(server, ssl=server_side()):
        out = sender(server, "tls")
        await out.send(outbound())
        await out.aclose()
    assert server.verbs()[:3] == ["EHLO", "AUTH", "MAIL"]
    assert len(server.mails) == 1


async def test_tls_at_a_port_without_it():
    async with running(ScriptedServer()) as server:
        assert "check port and security" in await refused(server, "tls")


def test_an_authority_that_cannot_be_read_is_told_at_once():
    with pytest.raises(OSError, match="No such file"):
        sender(ScriptedServer(), "tls", ca="/nowhere/ca.pem")
