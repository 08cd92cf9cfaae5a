"""A customer on Telegram, her colleague by mail, an agent in Slack, a lead on Telegram."""

import asyncio
from collections.abc import Callable
from typing import Any

from gateway.cli.trying import letters
from gateway.cli.trying.door import deliver
from gateway.cli.trying.letters import Letter, Person
from gateway.cli.trying.screen import Screen
from tests.demo.stage import ADA, BEA, BOT, CARLA, ROOM, Stage, staged

DAN = Person(name="Dan Wolf", address="dan@example.org")
TELEGRAM, SLACK, TOPIC = "Telegram", "Slack", "Telegram, the agents' group"
Message = dict[str, Any]


async def play(*, quick: bool) -> None:
    """All of it. Raises FailedError."""
    screen = Screen(quick=quick)
    await asyncio.to_thread(
        screen.title, "One conversation across mail, Slack and Telegram, through a real daemon."
    )
    async with staged() as stage:
        await Play(stage, screen).all()
    await asyncio.to_thread(
        screen.tell, "`make run` starts a daemon that stays; the README goes on from there."
    )


class Play:
    def __init__(self, stage: Stage, screen: Screen) -> None:
        self._stage = stage
        self._screen = screen
        self._world = stage.telegram.world

    async def all(self) -> None:
        await self._ada_writes()
        card = await self._bea_answers_in_slack()
        await self._ada_goes_on(card)
        await self._dan_is_taken_in(card)
        await self._carla_ends_it()

    async def _ada_writes(self) -> None:
        await self._tell("Ada writes to the desk's bot on Telegram.")
        await self._ada("The printer on the second floor is on fire. Again.")
        await self._at_ada("Somebody will answer", "The desk confirms it in her chat.")

    async def _bea_answers_in_slack(self) -> Message:
        await self._tell(
            "In Slack, the agents' channel has a card for it. Its thread is the ticket."
        )
        card = await self._in_slack("on fire", card=True)
        await self._tell("Bea takes it with a button, and answers in the thread.")
        await self._stage.slack.press(BEA, self._stage.triage, card["blocks"], "Take", card["ts"])
        await self._bea(card, "#reply Have you *tried water*?")
        await self._at_ada("tried water", "Ada reads it on Telegram, formatting and all.")
        return card

    async def _ada_goes_on(self, card: Message) -> None:
        await self._tell("Ada goes on in her chat. It lands on the same ticket.")
        await self._ada("It only hisses. Dan has the keys: dan@example.org")
        await self._tell(
            "It stands in Slack's thread, and in its topic of the agents' group on Telegram."
        )
        await self._in_slack("only hisses")
        await self._in_topic("only hisses")

    async def _dan_is_taken_in(self, card: Message) -> None:
        await self._tell("Bea takes Dan into the conversation, who has a mail client and no chat.")
        await self._bea(card, "#cc dan@example.org")
        await self._in_slack("Bea Ruiz · ", "dan@example.org")
        await self._bea(card, "#reply Dan, can you let me in?")
        letter = await self._mail("let me in")
        await self._tell("Dan answers with Reply. Slack has it at once.")
        mail = letters.answer(DAN, letter, "The door is open. Bring the extinguisher.")
        await asyncio.to_thread(self._screen.wrote, DAN.name, mail)
        to = letter.reply_to
        await asyncio.to_thread(deliver, self._stage.listen, DAN.address, to, mail)
        await self._in_slack("extinguisher")

    async def _carla_ends_it(self) -> None:
        await self._tell("Carla, who leads, ends it from Telegram.")
        text = "#resolve\n#reply The fire is out. A new printer comes on Monday."
        await self._show("Carla writes", (("On", TOPIC),), text, received=False)
        topic = max(self._world.groups[ROOM].topics)
        self._world.says(self._world.people[CARLA], text, chat=ROOM, topic=topic)
        last = await self._at_ada("on Monday", "Ada hears it on Telegram,")
        await self._tell("and Dan by mail.")
        await self._mail("on Monday")
        yes = last["reply_markup"]["inline_keyboard"][0][0]["text"]
        await self._tell(f'Below it there are buttons. Ada presses "{yes}".')
        self._world.presses(self._world.people[ADA], last, yes)
        await self._in_slack("State: closed", card=True)

    # --- what people do

    async def _ada(self, text: str) -> None:
        await self._show("Ada writes", (("On", TELEGRAM),), text, received=False)
        self._world.says(self._world.people[ADA], text)

    async def _bea(self, card: Message, text: str) -> None:
        await self._show("Bea writes", (("On", f"{SLACK}, in the thread"),), text, received=False)
        await self._stage.slack.say(BEA, text, self._stage.triage, thread_ts=card["ts"])

    # --- what people see

    async def _at_ada(self, words: str, told: str) -> Message:
        message = await self._telegram(ADA, 0, words)
        await self._tell(told)
        await self._show("Ada reads", (("On", TELEGRAM),), message["text"], received=True)
        return message

    async def _in_topic(self, words: str) -> None:
        groups = self._world.groups[ROOM]
        await self._stage.until(lambda: groups.topics, "the ticket's topic")
        message = await self._telegram(ROOM, max(groups.topics), words)
        await self._show("Carla reads", (("On", TOPIC),), message["text"], received=True)

    async def _telegram(self, chat: int, topic: int, words: str) -> Message:
        def find() -> Message | None:
            there = [m for m in self._world.in_chat(chat, topic) if words in m.get("text", "")]
            return there[-1] if there else None

        found: Message = await self._stage.until(find, f"{words!r} on Telegram")
        return found

    async def _in_slack(self, *words: str, card: bool = False) -> Message:
        def find() -> Message | None:
            posted = [m for m in self._stage.triage.messages.values() if m["user"] == BOT]
            there = [m for m in posted if card is ("thread_ts" not in m)]
            fitting = [m for m in there if all(word in _shown(m) for word in words)]
            return fitting[-1] if fitting else None

        found: Message = await self._stage.until(find, f"{words[0]!r} in Slack")
        where = f"{SLACK}, #triage" if card else f"{SLACK}, in the thread"
        await self._show("Bea reads", (("On", where),), _shown(found), received=True)
        return found

    async def _mail(self, words: str) -> Letter:
        def wanted(letter: Letter) -> bool:
            return letter.delivered_to == DAN.address and words in letter.text

        wait: Callable[..., Letter | None] = self._stage.watch.wait_for
        letter = await asyncio.to_thread(wait, wanted, 30.0)
        if letter is None:
            raise AssertionError(f"{words!r} did not reach Dan by mail")
        await asyncio.to_thread(self._screen.got, DAN.name, letter)
        return letter

    async def _tell(self, text: str) -> None:
        await asyncio.to_thread(self._screen.tell, text)

    async def _show(self, title: str, rows: Any, text: str, *, received: bool) -> None:
        await asyncio.to_thread(self._screen.said, title, rows, text, received=received)


def _shown(message: Message) -> str:
    """A message of Slack's as its words."""
    parts = [part for block in message.get("blocks", ()) for part in _texts(block)]
    return "\n".join(parts) or str(message.get("text", ""))


def _texts(stored: Any) -> list[str]:
    if isinstance(stored, list):
        return [text for one in stored for text in _texts(one)]
    if not isinstance(stored, dict) or stored.get("type") == "actions":
        return []
    if stored.get("type") in ("rich_text_section", "rich_text_preformatted", "rich_text_quote"):
        return ["".join(_texts(stored["elements"]))]
    own = stored.get("text")
    if isinstance(own, str):
        return [own]
    return [text for one in stored.values() if isinstance(one, dict | list) for text in _texts(one)]
