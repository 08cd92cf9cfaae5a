"""Mail from another implementation's hand."""

import asyncio

import pytest

from tests.channels.email.listening.desk import open_desk


@pytest.mark.parametrize(("protocol", "options"), [("smtp", []), ("lmtp", ["-L"])])
async def test_smtp_source_is_understood(protocol: str, options: list[str], smtp_source):
    async with open_desk(protocol=protocol) as desk:
        await asyncio.to_thread(
            smtp_source,
            desk.listener.port,
            recipient="support@acme.example",
            count=200,
            sessions=20,
            options=options,
        )
        assert len(desk.inbox.kept) == 200
        assert {incoming.envelope["from"] for incoming in desk.inbox.kept} == {"ada@example.org"}
        assert all(len(body) > 4096 and b"X" * 72 in body for body in desk.inbox.bodies)


async def test_a_refused_recipient_is_understood(smtp_source):
    async with open_desk() as desk:
        with pytest.raises(Exception, match="exit status") as failed:
            await asyncio.to_thread(
                smtp_source, desk.listener.port, recipient="nobody@acme.example"
            )
        assert "550 5.1.1" in failed.value.stderr  # type: ignore[attr-defined]
