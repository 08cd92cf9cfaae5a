"""Mail through a group that the desk's address sits behind: Google Groups, Mailman."""

import pytest

from gateway.channels.email.reading import AuthServer
from gateway.core.model import Automatic, Party, Verdict
from tests.channels.email.reading.kit import read

FETCHED = {"source": "imap"}
GROUP = ("support@acme.example",)
GOOGLE = """Precedence: list
Mailing-list: list support@acme.example; contact support+owners@acme.example
List-ID: <support.acme.example>
X-Google-Group-Id: 1234567890
List-Post: <https://groups.google.com/a/acme.example/group/support/post>
List-Unsubscribe: <mailto:googlegroups-manage+1234567890+unsubscribe@googlegroups.com>
X-Spam-Checked-In-Group: support@acme.example
"""


def passed_on(*headers: str, group: str = GOOGLE) -> str:
    return "\n".join([*headers, group.rstrip(), "Subject: Lamp", "", "It flickers."])


@pytest.mark.parametrize(
    ("headers", "author"),
    [
        # Google Groups leaves From alone where the author's domain lets it
        (
            ["From: Ada Byron <ada@example.org>", "X-Original-Sender: ada@example.org"],
            ("ada@example.org", "Ada Byron"),
        ),
        # an assistant sends for her
        (
            ["From: Ada <ada@example.org>", "X-Original-Sender: office@example.org"],
            ("ada@example.org", "Ada"),
        ),
        # … and puts itself there where DMARC forbids it
        (
            [
                "From: \"'Ada Byron' via Support\" <support@acme.example>",
                "X-Original-Sender: ada@example.org",
                "X-Original-From: Ada Byron <ada@example.org>",
                "Reply-To: Ada Byron <ada@example.org>",
            ],
            ("ada@example.org", "Ada Byron"),
        ),
        (
            [
                "From: 'Ada Byron' via Support <support@acme.example>",
                "X-Original-Sender: Ada@Example.org",
                "Reply-To: support@acme.example",
            ],
            ("ada@example.org", "Ada Byron"),
        ),
        # Mailman with from_is_list
        (
            [
                "From: Ada Byron via Support <support@acme.example>",
                "Reply-To: Ada Byron <ada@example.org>, support@acme.example",
            ],
            ("ada@example.org", "Ada Byron"),
        ),
        (
            [
                "From: Ada Byron via Support <support@acme.example>",
                "Reply-To: support@acme.example, Ada <ada@example.org>",
            ],
            ("ada@example.org", "Ada"),
        ),
    ],
)
def test_the_author_is_who_wrote_to_the_group(headers: list[str], author: tuple[str, str]):
    message = read(passed_on(*headers), own_lists=GROUP)
    assert (message.author.address, message.author.name) == author
    assert (message.automatic, message.list_id) == (None, "")


def test_where_nobody_says_who_wrote_it_is_the_group():
    raw = passed_on("From: Ada via Support <support@acme.example>")
    message = read(raw, own_lists=GROUP)
    assert message.author.address == "support@acme.example"


def test_that_the_list_is_itself_proves_nothing_of_the_author():
    server = AuthServer("mx.acme.example")
    results = "Authentication-Results: mx.acme.example; dmarc={} header.from=acme.example"
    head = ["From: Ada via Support <support@acme.example>", "X-Original-Sender: ada@example.org"]
    for verdict, seen in (("pass", Verdict.UNKNOWN), ("fail", Verdict.FAIL)):
        raw = passed_on(results.format(verdict), *head)
        message = read(raw, own_lists=GROUP, trusted_authserv=(server,), envelope=FETCHED)
        assert message.proof.dmarc is seen


def test_what_is_proven_of_an_author_whom_the_list_left_in_from_counts():
    server = AuthServer("mx.acme.example")
    raw = passed_on(
        "Authentication-Results: mx.acme.example; dmarc=pass header.from=example.org",
        "From: Ada <ada@example.org>",
    )
    message = read(raw, own_lists=GROUP, trusted_authserv=(server,), envelope=FETCHED)
    assert message.proof.dmarc is Verdict.PASS


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Auto-Submitted: auto-replied", Automatic.AUTO_REPLY),
        ("X-Zendesk-From-Account-Id: 1", Automatic.BULK),
    ],
)
def test_a_machine_behind_the_group_is_a_machine(header: str, kind: Automatic):
    raw = passed_on("From: Ada <ada@example.org>", header)
    assert read(raw, own_lists=GROUP).automatic is kind


def test_another_list_is_bulk_mail_and_keeps_its_author():
    raw = passed_on(
        "From: Ada via Talk <talk@other.example>",
        "Reply-To: ada@example.org",
        group="List-Id: Talk <talk.other.example>",
    )
    message = read(raw, own_lists=GROUP)
    assert message.automatic is Automatic.BULK
    assert message.author == Party(address="talk@other.example", name="Ada via Talk")
