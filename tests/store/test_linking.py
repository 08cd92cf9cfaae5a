"""Accounts of one person: what was met apart becomes one contact, and stays so."""

from gateway.core.model import Party
from gateway.store import linking, people
from gateway.store.together import together
from tests.store.made import ADA, NOW, there

CHAT = Party(address="4711", name="Ada", channel="telegram")
STAFF = Party(address="U0ADA", name="ada", channel="slack")


def test_two_accounts_are_one_contact_from_then_on(database):
    with database.write() as conn:
        people.meet(conn, ADA, NOW)
        people.meet(conn, CHAT, NOW)
        linking.link(conn, CHAT, ADA, NOW)
    with database.read() as conn:
        mail, chat = there(people.find(conn, ADA)), there(people.find(conn, CHAT))
        assert mail.contact == chat.contact
        assert (mail.linked, chat.linked, mail.verified) == (True, True, True)
        assert set(linking.accounts_of(conn, [mail.contact])) == {ADA, CHAT}


def test_what_either_was_linked_with_before_comes_along(database):
    with database.write() as conn:
        linking.link(conn, STAFF, ADA, NOW)
        linking.link(conn, CHAT, ADA, NOW)
        linking.link(conn, CHAT, ADA, NOW)
    with database.read() as conn:
        one = there(people.find(conn, STAFF))
        assert set(linking.accounts_of(conn, [one.contact])) == {ADA, CHAT, STAFF}


def test_mail_is_used_where_it_is_proven_and_arrives(database):
    with database.write() as conn:
        people.meet(conn, CHAT, NOW)
        assert linking.verified_mail_of(conn, CHAT) is None
        linking.link(conn, CHAT, ADA, NOW)
        assert there(linking.verified_mail_of(conn, CHAT)).address == ADA.address
        people.mark_bounced(conn, ADA, NOW, "5.1.1")
        assert linking.verified_mail_of(conn, CHAT) is None


def test_a_batch_knows_at_once_what_it_linked(database):
    with database.write() as conn, together(conn):
        people.foresee(conn, [CHAT, ADA])
        people.meet(conn, CHAT, NOW)
        linking.link(conn, CHAT, ADA, NOW)
        known = people.meet(conn, CHAT, NOW)
        assert known.linked
        assert set(linking.accounts_of(conn, [known.contact])) == {ADA, CHAT}
