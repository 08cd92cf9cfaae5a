"""What people in chats ask of the desk itself: greeted, told, closed, rated, linked."""

import re
from typing import Any, ClassVar

import pytest

from gateway.core.model import EntryKind, Priority, State
from gateway.core.ports import Outbound
from gateway.store import linking, people
from tests.runtime.desk import Desk

TOM = "4711"


def ask(desk: Desk, request: str, *, by: str = TOM, text: str = "", **more: Any) -> None:
    chat = {"request": request} | more.pop("chat", {})
    desk.say(text, by=by, chat=chat, **more)


def words(sent: Outbound) -> str:
    return "\n".join(block.text for block in sent.document.blocks)


def last(desk: Desk, by: str = TOM) -> Outbound:
    return desk.telegram.to(by)[-1]


@pytest.mark.parametrize(
    ("language", "hello"), [("en", "Hello Tom"), ("de", "Guten Tag, Tom"), ("pt", "Olá, Tom")]
)
def test_who_starts_is_greeted_in_their_language(desk: Desk, language: str, hello: str) -> None:
    ask(desk, "start", name="Tom", language=language)
    assert last(desk).kind == "welcome"
    assert words(last(desk)).startswith(hello)
    assert desk.tickets() == []


def test_a_confirmation_in_a_chat_is_short_and_has_no_mail_in_it(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM, name="Tom")
    said = words(last(desk))
    assert "request #1" in said
    assert "mail" not in said
    assert "@" not in said
    assert "Re:" not in said


def test_new_lets_the_next_words_open_a_request(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM)
    ask(desk, "new")
    assert last(desk).kind == "heard"
    assert desk.say("Something else.", by=TOM).ticket == 2
    assert desk.say("And more of it.", by=TOM).ticket == 2


def test_new_with_words_opens_it_at_once(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM)
    ask(desk, "new", text="Something else.")
    assert [t.number for t in desk.tickets()] == [2, 1]
    assert desk.say("And more of it.", by=TOM).ticket == 2


def test_status_lists_ones_own_and_nobody_elses(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM)
    desk.act(1, "take")
    desk.say("Mine is blue.", by="4712")
    ask(desk, "status")
    said = words(last(desk))
    assert last(desk).kind == "overview"
    assert "#1 My screen is black.: being worked on" in said
    assert "blue" not in said
    desk.act(1, "close")
    ask(desk, "status")
    assert words(last(desk)) == "You have no open requests."


def test_a_ticket_that_is_not_there_and_one_of_others_are_answered_alike(desk: Desk) -> None:
    desk.say("Mine is blue.", by="4712")
    said = []
    for number in (1, 99):
        row = desk.say("What of it?", by=TOM, chat={"ticket": number})
        assert row.ticket is None
        said.append(words(last(desk)).replace(str(number), "N"))
    assert said[0] == said[1]
    assert desk.texts(1) == ["Mine is blue."]


def test_close_closes_and_is_told_to_who_has_it(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM, name="Tom")
    desk.act(1, "take")
    ask(desk, "close", name="Tom")
    desk.run()
    assert desk.ticket(1).state is State.CLOSED
    assert [a.says for a in last(desk).actions] == [f"rate {n}" for n in range(1, 6)]
    (note,) = desk.sent_to("bea@acme.example", "note")
    assert "Tom needs nothing more" in words(note)


def test_close_is_for_the_requester_alone(desk: Desk) -> None:
    desk.say("My screen is black.", by=TOM)
    ask(desk, "close", by="4712")
    assert desk.ticket(1).state is State.NEW
    assert last(desk, "4712").kind == "heard"


def resolved(desk: Desk) -> Outbound:
    """The question whether it is solved, with its buttons."""
    desk.say("My screen is black.", by=TOM, name="Tom")
    desk.act(1, "resolve", text="It was the plug.")
    desk.run()
    asked = last(desk)
    assert [a.says for a in asked.actions] == ["solved", "not_solved"]
    return asked


def press(desk: Desk, button: str, under: Outbound) -> None:
    key = desk.telegram.key(under)
    ask(desk, button, answers=key, name="Tom", chat={"pressed": True})


def test_solved_closes_and_asks_for_stars_which_are_kept(desk: Desk) -> None:
    press(desk, "solved", resolved(desk))
    assert desk.ticket(1).state is State.CLOSED
    under = last(desk)
    assert [a.says for a in under.actions][-1] == "rate 5"
    press(desk, "rate 4", under)
    assert desk.ticket(1).rating == 4
    press(desk, "rate 5", under)
    assert desk.ticket(1).rating == 5
    changes = [e.change for e in desk.history(1, EntryKind.CHANGE) if e.change]
    rated = [(c["old"], c["new"]) for c in changes if c["what"] == "rating"]
    assert rated == [(None, 4), (4, 5)]


def test_solved_pressed_twice_is_once(desk: Desk) -> None:
    asked = resolved(desk)
    press(desk, "solved", asked)
    before = desk.texts(1)
    press(desk, "solved", asked)
    assert desk.texts(1) == before
    assert desk.ticket(1).state is State.CLOSED


def test_not_yet_opens_it_again_and_is_told_to_who_has_it(desk: Desk) -> None:
    press(desk, "not_solved", resolved(desk))
    assert desk.ticket(1).state is State.OPEN
    assert desk.texts(1)[-1] == "not solved"
    assert len(desk.sent_to("bea@acme.example", "reply")) == 1
    assert "What is still wrong?" in words(last(desk))


def test_stars_of_somebody_else_count_for_nothing(desk: Desk) -> None:
    press(desk, "solved", resolved(desk))
    key = desk.telegram.key(last(desk))
    ask(desk, "rate 1", by="4712", answers=key, chat={"pressed": True})
    assert desk.ticket(1).rating is None


class TestLinking:
    def code(self, desk: Desk, address: str = "tom@example.org") -> str:
        ask(desk, f"link {address}", name="Tom")
        mails = desk.sent_to(address, "link_code")
        assert mails
        found = re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", words(mails[-1]))
        assert found
        return found[0]

    def accounts(self, desk: Desk) -> list[str]:
        with desk.database.read() as conn:
            known = people.find(conn, self.tom(desk))
            return [p.address for p in linking.accounts_of(conn, [known.contact])] if known else []

    def tom(self, desk: Desk) -> Any:
        return desk.telegram.to(TOM)[-1].to

    @pytest.mark.parametrize("typed", ["as it is", "small", "spaced", "as a request"])
    def test_with_the_code_both_are_one(self, desk: Desk, typed: str) -> None:
        code = self.code(desk)
        forms = {"small": code.lower(), "spaced": code.replace("-", " ")}
        if typed == "as a request":
            ask(desk, f"code {code}", name="Tom")
        else:
            desk.say(forms.get(typed, code), by=TOM)
        assert self.accounts(desk) == [TOM, "tom@example.org"]
        assert "tom@example.org is you" in words(last(desk))
        assert desk.tickets() == []

    def test_the_mail_says_who_asked_and_holds_no_words_of_theirs(self, desk: Desk) -> None:
        ask(desk, "link tom@example.org", name="Win! http://evil.example/x <b>")
        (mail,) = desk.sent_to("tom@example.org", "link_code")
        assert "“Win http evil example x b”" in words(mail)
        assert mail.reply_to is None

    def test_three_tries(self, desk: Desk) -> None:
        code = self.code(desk)
        for wrong in ("AAAA-AAAA", "BBBB-BBBB", "CCCC-CCCC"):
            ask(desk, f"code {wrong}")
        ask(desk, f"code {code}")
        assert "no longer good" in words(last(desk))
        assert self.accounts(desk) == [TOM]

    def test_ten_minutes(self, desk: Desk) -> None:
        code = self.code(desk)
        desk.clock.advance(minutes=10, seconds=1)
        ask(desk, f"code {code}")
        assert self.accounts(desk) == [TOM]

    def test_it_is_bound_to_the_account_and_to_the_chat(self, desk: Desk) -> None:
        code = self.code(desk)
        ask(desk, f"code {code}", by="4712")
        ask(desk, f"code {code}", chat={"conversation": "telegram:another"})
        assert self.accounts(desk) == [TOM]
        assert "no longer good" in words(last(desk, "4712"))

    def test_a_used_code_is_gone(self, desk: Desk) -> None:
        code = self.code(desk)
        ask(desk, f"code {code}")
        ask(desk, f"code {code}")
        assert "no longer good" in words(last(desk))

    def test_an_address_gets_three_mails_a_day_and_nobody_can_tell(self, desk: Desk) -> None:
        said = set()
        for n in range(5):
            ask(desk, "link tom@example.org", by=f"47{n}")
            said.add(words(last(desk, f"47{n}")))
        assert len(desk.sent_to("tom@example.org", "link_code")) == 3
        assert len(said) == 1

    def test_the_desks_own_addresses_get_none_and_nobody_can_tell(self, desk: Desk) -> None:
        ask(desk, "link support@acme.example")
        assert desk.sent_to("support@acme.example", "link_code") == []
        assert "We have sent a mail to support@acme.example" in words(last(desk))

    def test_what_is_no_address_is_said_so(self, desk: Desk) -> None:
        ask(desk, "link tom")
        assert "no mail address" in words(last(desk))

    def test_no_log_and_no_entry_holds_the_code(self, desk: Desk) -> None:
        desk.say("My screen is black.", by=TOM, name="Tom")
        code = self.code(desk)
        assert code not in "".join(desk.texts(1))
        assert all(code not in str(e.body) for e in desk.history(1))

    def test_words_that_only_look_like_a_code_are_words(self, desk: Desk) -> None:
        assert desk.say("MYSCREEN", by=TOM).ticket == 1

    def test_then_one_may_see_what_the_address_asked_for(self, desk: Desk) -> None:
        from tests.runtime.desk import mail

        desk.receive(mail("The printer.", from_="tom@example.org", subject="Printer"))
        ask(desk, "status")
        assert "no open requests" in words(last(desk))
        ask(desk, f"code {self.code(desk)}")
        ask(desk, "status")
        assert "#1 Printer" in words(last(desk))


class TestTypedCommands:
    """``/ticket 7 close``, typed in some channel by somebody who is no agent."""

    ELSEWHERE: ClassVar = {"pressed": True, "alone": True, "place": "telegram:channel"}

    def test_what_they_mean_is_done_and_answered_where_they_typed(self, desk: Desk) -> None:
        desk.say("My screen is black.", by=TOM)
        desk.say("#close", by=TOM, chat=self.ELSEWHERE | {"ticket": 1})
        assert desk.ticket(1).state is State.CLOSED
        assert (last(desk).place, last(desk).alone) == ("telegram:channel", True)
        assert desk.texts(1) == ["My screen is black."]

    def test_what_is_for_agents_is_no_word_on_the_ticket(self, desk: Desk) -> None:
        desk.say("My screen is black.", by=TOM)
        desk.say("#priority urgent", by=TOM, chat=self.ELSEWHERE | {"ticket": 1})
        assert desk.ticket(1).priority is Priority.NORMAL
        assert desk.texts(1) == ["My screen is black."]
        assert last(desk).kind == "welcome"

    def test_status_is_answered_there_alone(self, desk: Desk) -> None:
        ask(desk, "status", chat=self.ELSEWHERE)
        assert (last(desk).kind, last(desk).alone) == ("overview", True)


def test_what_is_asked_takes_no_number_of_a_ticket(desk: Desk) -> None:
    for request in ("start", "status", "link me@example.org", "new"):
        ask(desk, request)
    assert desk.say("My screen is black.", by=TOM).ticket == 1
