"""``kill -9`` while mail is fetched: at each step between the mailbox and the ledger.

GATEWAY_TEST_KILLS says how often in all (12 unless set); GATEWAY_TEST_SEED repeats a run.
"""

import os
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import pytest

from gateway.core.model import Direction, EntryKind
from gateway.store import entries, inbox, tickets
from gateway.store.database import Database
from gateway.store.inbox import InboxState
from tests.e2e.conftest import Make
from tests.e2e.gateway import START, Gateway, compose
from tests.e2e.test_kill import opened, until_empty
from tests.e2e.test_mailboxes import mailbox
from tests.servers import Dovecot, wait_until
from tests.servers.imap_proxy import ImapProxy, imap_proxy_thread
from tests.servers.processes import PATIENCE

pytestmark = [pytest.mark.soak, pytest.mark.dovecot]
KILLS = max(int(os.environ.get("GATEWAY_TEST_KILLS", "12")) // 2, 3)  # for each of the two tests
SEED = int(os.environ.get("GATEWAY_TEST_SEED", random.randrange(10**6)))
AT_ONCE = 7  # mails that lie there when it begins to fetch


@dataclass
class Executioner:
    """Kills the daemon once, when it comes to a command: before the server hears it, or after.

    What a daemon that is dead already has said may still be on its way when the next sentence is
    spoken: only connections that are opened after a sentence count for it.
    """

    gateway: Gateway
    proxy: ImapProxy
    dice: random.Random
    command: str = ""
    before: bool = True
    earlier: int = 0  # connections that were opened before the sentence
    killed: list[str] = field(default_factory=list)
    at_work: threading.Lock = field(default_factory=threading.Lock)

    def sentence(self, command: str, *, before: bool) -> None:
        self.before, self.earlier = before, self.proxy.connections
        self.command = command

    def has_killed(self, times: int) -> bool:
        with self.at_work:
            done, process = len(self.killed) >= times, self.gateway.process
            ended = process is None or process.poll() is not None
            assert done or not ended, f"it ended by itself: {self.gateway.log.read_text()[-2_000:]}"
        return done

    def hears(self, line: str, connection: int) -> bool:
        if not (self.before and self._is_due(line, connection)):
            return True
        self._kill("before", self.command)
        return False

    def passed(self, line: str, connection: int) -> None:
        if not self.before and self._is_due(line, connection):
            # Beside the proxy: the answer comes, and some of it is done.
            wait = self.dice.uniform(0, 0.03)
            threading.Timer(wait, self._kill, ("after", self.command)).start()
            self.command = ""

    def _is_due(self, line: str, connection: int) -> bool:
        return bool(self.command) and self.command in line and connection > self.earlier

    def _kill(self, when: str, command: str) -> None:
        self.command = ""
        with self.at_work:
            self.gateway.kill()
            self.killed.append(f"{when} {command}")


def deliver(dovecot: Dovecot, user: str, number: int) -> list[str]:
    """Some mails; their ids."""
    mails = [compose(f"{number}.{n}", sender=f"p{number}-{n}@example.org") for n in range(AT_ONCE)]
    with dovecot.login(user) as client:
        for mail in mails:
            client.append("INBOX", bytes(mail))
    return [str(mail["Message-ID"]).strip("<>") for mail in mails]


@pytest.mark.parametrize("after", ["seen", "move"])
def test_killed_between_the_mailbox_and_the_ledger(
    make: Make, dovecot: Dovecot, after: str, capsys: pytest.CaptureFixture[str]
):
    print(f"seed {SEED}")
    dice = random.Random(f"{SEED}-{after}")
    user = dovecot.new_user()
    with dovecot.login(user) as client:
        client.create_folder("Processed")
    act = {"seen": "UID STORE", "move": "UID MOVE"}[after]
    steps = [("BODY.PEEK[]", True), ("BODY.PEEK[]", False), (act, True), (act, False)]
    proxy = ImapProxy(dovecot.port)
    with imap_proxy_thread(proxy):
        table = mailbox(dovecot, user, f'after = "{after}"', port=proxy.port)
        gateway = make(extra={"listen": table})
        executioner = Executioner(gateway, proxy, dice)
        proxy.hears, proxy.passed = executioner.hears, executioner.passed
        sent: list[str] = []
        for number in range(KILLS):
            command, before = steps[number] if number < len(steps) else dice.choice(steps)
            executioner.sentence(command, before=before)
            sent += deliver(dovecot, user, number)
            gateway.launch()
            is_dead = partial(executioner.has_killed, number + 1)
            wait_until(is_dead, "the daemon to be killed", START + PATIENCE)
        gateway.start()
        wait_until(_all_there(dovecot, user, after, len(sent)), "all to be flagged or moved")
        with opened(gateway) as database:
            until_empty(database)
            assert gateway.stop() == 0
            account(database, sent)
    with capsys.disabled():
        print(f"\n{KILLS} kills, seed {SEED}: {len(sent)} mails; {Counter(executioner.killed)}")


def _all_there(dovecot: Dovecot, user: str, after: str, count: int) -> Callable[[], bool]:
    def there() -> bool:
        with dovecot.login(user) as client:
            client.select_folder("Processed" if after == "move" else "INBOX", readonly=True)
            found = client.search("ALL" if after == "move" else "SEEN")
            assert len(found) <= count
            return len(found) == count

    return there


def account(database: Database, sent: list[str]) -> None:
    """Each mail is on exactly one ticket, once."""
    with database.read() as conn:
        found = Counter(
            entry.message_id
            for ticket in tickets.listing(conn)
            for entry in entries.history(conn, ticket.number)
            if entry.kind is EntryKind.MESSAGE and entry.direction is Direction.IN
        )
        states = Counter(row.state for row in inbox.rows(conn) if row.channel == "email")
    assert found == Counter(sent)
    assert states == {InboxState.DONE: len(sent)}
