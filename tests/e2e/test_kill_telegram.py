"""``kill -9`` while messages come from Telegram and answers go there.

GATEWAY_TEST_KILLS says how often in all (12 unless set); GATEWAY_TEST_SEED repeats a run.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

import pytest

from tests.e2e.gateway import BEA, Gateway
from tests.e2e.sink import Sink
from tests.e2e.test_telegram import extra
from tests.servers import wait_until
from tests.servers.bot_api import AFTER, BEFORE, BotApi, serving
from tests.servers.bot_api.world import Json

pytestmark = pytest.mark.soak
Make = Callable[..., Gateway]
KILLS = max(int(os.environ.get("GATEWAY_TEST_KILLS", "12")) // 4, 3)  # for each of the two tests
SEED = int(os.environ.get("GATEWAY_TEST_SEED", random.randrange(10**6)))
PEOPLE = 5
AT_ONCE = 10  # messages between two kills


@dataclass
class Executioner:
    """Kills the daemon once for each sentence, at a call of a method: before or after it is done.

    Only what a daemon says that was started after the sentence counts.
    """

    gateway: Gateway
    dice: random.Random
    method: str = ""
    when: str = ""
    wanted: Callable[[Json], bool] = lambda _given: True
    dead: threading.Event = field(default_factory=threading.Event)

    def sentence(self, method: str, when: str, wanted: Callable[[Json], bool]) -> None:
        self.dead.clear()
        self.method, self.when, self.wanted = method, when, wanted

    def judge(self, name: str, given: Json, when: str) -> bool:
        if name != self.method or when != self.when or not self.wanted(given):
            return False
        self.method = ""
        self.gateway.kill()
        self.dead.set()
        return True


@pytest.fixture
def api() -> Iterator[BotApi]:
    with serving() as served:
        for number in range(PEOPLE):
            served.world.person(f"Person {number}", id=5000 + number)
        yield served


def speak(api: BotApi, numbers: range) -> None:
    """Each person says their next thing."""
    for number in numbers:
        api.world.says(api.world.people[5000 + number % PEOPLE], f"line {number:04}.")


def beyond(offset: int, given: Json) -> bool:
    """Whether it acknowledges something."""
    return int(given.get("offset", 0)) > offset


def says(words: str, given: Json) -> bool:
    return words in given["text"]


def settled(gateway: Gateway, api: BotApi) -> None:
    wait_until(lambda: not api.waiting, "every update to be acknowledged", 60)
    wait_until(lambda: "new" not in gateway.states(), "everything to be handled", 60)

    def sent() -> bool:
        return all(row["state"] in ("sent", "unknown") for row in gateway.cli("outbox", "list"))

    wait_until(sent, "everything to be sent", 120)


def lines(gateway: Gateway) -> list[list[str]]:
    """What each ticket's requester said, in order."""
    numbers = [ticket["number"] for ticket in gateway.cli("ticket", "list")]
    return [[line for line in gateway.said(n) if line.startswith("line ")] for n in numbers]


def test_killed_between_receiving_and_acknowledging_nothing_is_lost_or_doubled(
    make: Make, url: str, api: BotApi, sink: Sink
):
    print(f"seed {SEED}")
    gateway = make(url=url, extra=extra(api))
    hangman = Executioner(gateway, random.Random(SEED))
    api.judge = hangman.judge
    gateway.start()
    for turn in range(KILLS):
        moment = hangman.dice.choice([BEFORE, AFTER])
        before = api.offset
        hangman.sentence("getUpdates", moment, partial(beyond, before))
        speak(api, range(turn * AT_ONCE, (turn + 1) * AT_ONCE))
        assert hangman.dead.wait(60), "nobody was killed"
        gateway.start()
    settled(gateway, api)
    gateway.stop()
    found = lines(gateway)
    assert sorted(line for said in found for line in said) == [
        f"line {n:04}." for n in range(KILLS * AT_ONCE)
    ]
    assert all(said == sorted(said) for said in found)


def test_killed_between_sending_and_recording_every_answer_arrives_once(
    make: Make, url: str, api: BotApi, sink: Sink
):
    """What was on its way when it died may have been sent: it is not said again by itself.

    Its agent is told, and whoever looks into the chat has it sent again, or not.
    """
    print(f"seed {SEED}")
    gateway = make(url=url, extra=extra(api))
    hangman = Executioner(gateway, random.Random(SEED))
    api.judge = hangman.judge
    gateway.start()
    speak(api, range(PEOPLE))
    gateway.wait_for_ticket(PEOPLE)
    settled(gateway, api)
    said: set[int] = set()
    for turn in range(KILLS):
        moment = hangman.dice.choice([BEFORE, AFTER])
        hangman.sentence("sendMessage", moment, partial(says, f"answer {turn:03}"))
        numbers = hangman.dice.sample(range(1, PEOPLE + 1), 2)
        answer(gateway, numbers, turn)
        assert hangman.dead.wait(60), "nobody was killed"
        gateway.start()
        wait_until(lambda: bool(in_doubt(gateway) - said), "what may have been sent", 120)
        (doubtful,) = in_doubt(gateway) - said
        arrived(api, gateway, turn, said=moment == AFTER)
        if moment == AFTER:
            said.add(doubtful)
        else:
            send_again(gateway, doubtful)
        settled(gateway, api)
    gateway.stop()
    shown = answers(api)
    assert len(shown) == 2 * KILLS
    assert set(shown.values()) == {1}


def answers(api: BotApi) -> Counter[str]:
    heard = (text for person in api.world.people for text in api.world.texts(person))
    return Counter(text for text in heard if "answer 0" in text)


def in_doubt(gateway: Gateway) -> set[int]:
    return {row["id"] for row in gateway.cli("outbox", "list") if row["state"] == "unknown"}


def arrived(api: BotApi, gateway: Gateway, turn: int, *, said: bool) -> None:
    """What is not in doubt went out, and the agent knows of what is."""

    def there() -> int:
        return sum(f"answer {turn:03}" in text for text in answers(api))

    def told() -> int:
        return sum(row["kind"] == "undelivered" for row in gateway.cli("outbox", "list"))

    wait_until(lambda: there() == 1 + said, "the other answer", 120)
    wait_until(lambda: told() == turn + 1, "that the agent is told", 60)


def send_again(gateway: Gateway, id: int) -> None:
    done = gateway.run("outbox", "retry", str(id))
    assert done.returncode == 0, done.stderr


def answer(gateway: Gateway, tickets: list[int], turn: int) -> None:
    for number in tickets:
        words = f"answer {turn:03} on {number}."
        done = gateway.run("ticket", "reply", str(number), "--as", BEA, "--text", words)
        assert done.returncode == 0, done.stderr
