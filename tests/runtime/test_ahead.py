"""Large mails and small ones: all are handled, none of a conversation before its time."""

from base64 import encodebytes

from gateway.channels.email.reading import lane_of
from gateway.core.model import EntryKind
from gateway.store import content, inbox
from gateway.store.content import LARGEST_IN_ROW
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail

PICTURE = "--b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\n"
LARGE = "It burns. " * (LARGEST_IN_ROW // 10 + 100)


def fates(desk: Desk, ids: list[int]) -> list[InboxState]:
    return [desk.row(id).state for id in ids]


def test_small_mails_do_not_wait_for_a_large_one_but_its_conversation_does(desk: Desk):
    large = desk.arrive(mail(LARGE, message_id="<large@example.org>"))
    answer = mail("And now?", in_reply_to="<large@example.org>", references="<large@example.org>")
    later = desk.arrive(answer)
    small = desk.arrive(mail("Something else."))

    order = [handled.row.id for handled in desk.worker.drain()]

    assert sorted(order) == [large.id, later.id, small.id]
    assert order.index(large.id) < order.index(later.id)
    assert fates(desk, order) == [InboxState.DONE] * 3
    assert desk.row(later.id).ticket == desk.row(large.id).ticket
    assert desk.row(small.id).ticket != desk.row(large.id).ticket


def test_several_large_mails_are_handled_one_after_the_other(desk: Desk):
    ids = [desk.arrive(mail(f"{number}. {LARGE}")).id for number in range(3)]
    desk.worker.drain()
    assert fates(desk, ids) == [InboxState.DONE] * 3


def test_a_large_mail_whose_file_is_gone_is_listed_with_the_reason(sqlite_desk: Desk):
    raw = mail(LARGE)
    large = sqlite_desk.arrive(raw)
    for path in sqlite_desk.database.files.rglob("*"):
        if path.is_file():
            path.unlink()
    small = sqlite_desk.arrive(mail("Something else."))
    sqlite_desk.worker.drain()
    assert lane_of(raw) != ""
    assert fates(sqlite_desk, [large.id, small.id]) == [InboxState.FAILED, InboxState.DONE]
    with sqlite_desk.database.read() as conn:
        (failed,) = inbox.rows(conn, failed=True)
    assert "missing" in (failed.error or "")


def test_a_large_attachment_comes_back_whole(desk: Desk):
    octets = bytes(range(256)) * (LARGEST_IN_ROW * 20 // 256)  # written in several pieces
    parts = f"--b\n\nSee it.\n{PICTURE}{encodebytes(octets).decode()}\n--b--"
    row = desk.receive(mail(parts, **{"content-type": "multipart/mixed; boundary=b"}))
    (file,) = desk.history(row.ticket or 0, EntryKind.MESSAGE)[0].files
    with desk.database.read() as conn:
        assert content.get(conn, file.digest) == octets
    assert content.digest_of(octets) == file.digest
