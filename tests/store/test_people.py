"""Who is known, how often they were written to, and who is away."""

from datetime import timedelta

from gateway.core.model import Party
from gateway.store import people
from tests.store.made import ADA, BEA, NOW, there


def test_somebody_is_new_once(database):
    with database.write() as conn:
        assert people.find(conn, ADA) is None
        first = people.meet(conn, ADA, NOW)
        again = people.meet(conn, ADA, NOW)
    assert (first.known, again.known) == (False, True)
    assert (first.id, first.contact) == (again.id, again.contact)
    assert (again.verified, again.bounced, again.language) == (False, False, None)


def test_the_same_address_on_another_channel_is_somebody_else(database):
    with database.write() as conn:
        mail = people.meet(conn, Party(address="ada"), NOW)
        chat = people.meet(conn, Party(address="ada", channel="slack"), NOW)
    assert (mail.id, mail.contact) != (chat.id, chat.contact)


def test_what_was_learned_of_somebody_is_kept(database):
    with database.write() as conn:
        people.meet(conn, ADA, NOW, language="es")
        assert there(people.find(conn, ADA)).language == "es"
        people.verify(conn, ADA, NOW)
        people.mark_bounced(conn, ADA, NOW, "5.1.1")
        people.meet(conn, ADA, NOW, language="it")
        known = there(people.find(conn, ADA))
        assert (known.verified, known.bounced, known.language) == (True, True, "it")
        assert people.came_back(conn, [ADA.address, "bob@example.org"]) == {
            ADA.address: (NOW, "5.1.1")
        }
        people.clear_bounced(conn, ADA)
        assert people.came_back(conn, [ADA.address]) == {}
        people.meet(conn, Party(address=ADA.address, name="Ada Lovelace"), NOW)
        known = there(people.find(conn, ADA))
        assert (known.verified, known.bounced, known.language) == (True, False, "it")


def test_somebody_who_never_wrote_can_be_out_of_reach(database):
    with database.write() as conn:
        people.mark_bounced(conn, ADA, NOW, "no such user")
        assert there(people.find(conn, ADA)).bounced


def test_counts_are_of_their_hour_scope_and_key(database):
    hour = people.hour_of(NOW)
    ada, domain = ("recipient", "ada@example.org"), ("domain", "example.org")
    with database.write() as conn:
        people.count(conn, [ada, domain], hour)
        people.count(conn, [domain, domain], hour)
        people.count(conn, [ada], hour + 1)
        assert people.tallies(conn, [ada, domain, ("domain", "ada@example.org")], hour) == {
            ada: 1,
            domain: 3,
            ("domain", "ada@example.org"): 0,
        }
        assert people.prune_tallies(conn, hour + 1) == 2
        assert people.tallies(conn, [ada], hour) == {ada: 0}
        assert people.tallies(conn, [ada], hour + 1) == {ada: 1}


def test_what_is_counted_by_day_lasts_the_day(database):
    day = people.hour_of(NOW) // 24 * 24
    opened, hourly = ("opened_day", "ada@example.org"), ("words", "ada@example.org")
    with database.write() as conn:
        people.count(conn, [opened, hourly], day + 1)
        people.count(conn, [opened], day + 23)
        assert people.tallies(conn, [opened, hourly], day + 12) == {opened: 2, hourly: 0}
        assert people.tallies(conn, [opened, hourly], day + 1) == {opened: 2, hourly: 1}
        assert people.tallies(conn, [opened], day + 24) == {opened: 0}


def test_an_hour_is_an_hour(database):
    assert people.hour_of(NOW) == people.hour_of(NOW + timedelta(minutes=59, seconds=59))
    assert people.hour_of(NOW) + 1 == people.hour_of(NOW + timedelta(hours=1))


def test_agents_are_away_until_they_are_back(database):
    until = NOW + timedelta(days=3)
    with database.write() as conn:
        people.set_away(conn, BEA, None)
        people.set_away(conn, "eve@acme.example", None)
        people.set_away(conn, BEA, until)
        assert people.away_agents(conn) == {BEA: until, "eve@acme.example": None}
        people.set_away(conn, BEA, None, back=True)
        assert people.away_agents(conn) == {"eve@acme.example": None}
