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
        return all(row["state"] == "sent" for row in gateway.cli("outbox", "list"))

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


def test_killed_between_sending_and_recording_every_answer_arrives(
    make: Make, url: str, api: BotApi, sink: Sink
):
    """What was on its way when it died, and is not written down, is sent again; nothing else is."""
    print(f"seed {SEED}")
    gateway = make(url=url, extra=extra(api))
    hangman = Executioner(gateway, random.Random(SEED))
    api.judge = hangman.judge
    gateway.start()
    speak(api, range(PEOPLE))
    gateway.wait_for_ticket(PEOPLE)
    for turn in range(KILLS):
        moment = hangman.dice.choice([BEFORE, AFTER])
        hangman.sentence("sendMessage", moment, partial(says, f"answer {turn:03}"))
        answer(gateway, hangman.dice.sample(range(1, PEOPLE + 1), 2), turn)
        assert hangman.dead.wait(60), "nobody was killed"
        gateway.start()
        settled(gateway, api)
    gateway.stop()
    heard = (text for person in api.world.people for text in api.world.texts(person))
    shown = Counter(text for text in heard if "answer 0" in text)
    assert len(shown) == 2 * KILLS
    assert max(shown.values()) <= 2


def answer(gateway: Gateway, tickets: list[int], turn: int) -> None:
    for number in tickets:
        words = f"answer {turn:03} on {number}."
        done = gateway.run("ticket", "reply", str(number), "--as", BEA, "--text", words)
        assert done.returncode == 0, done.stderr
