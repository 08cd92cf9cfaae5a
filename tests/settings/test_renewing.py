"""Which edits of a config count at once, and which wait for a restart."""

import pytest

from gateway.settings.policy import policy_of
from gateway.settings.renewing import renewed
from tests.settings.conftest import DESK, Load

OLD = DESK + 'secret = "a-secret-of-the-tests"\n' + '[email.send]\nmaildir = "out"\n'


@pytest.mark.parametrize(
    ("new", "waiting"),
    [
        (OLD, ()),
        (OLD.replace('"out"', '"elsewhere"'), ("email.send.maildir",)),
        (OLD + "[email.listen]\nport = 2525\n", ("email.listen",)),
        (OLD.replace("of-the-tests", "of-another-day"), ("desk.secret",)),
        (OLD.replace("[email.send]", 'keep_raw = "1d"\n[email.send]'), ("desk.keep_raw",)),
        (OLD.replace("support@", "help@"), ("desk.address",)),
        (OLD + '[database]\nurl = "sqlite:///x.db"\n', ("database.url",)),
        (OLD + '[log]\nlevel = "debug"\n', ("log.level",)),
        (OLD + "[http]\nport = 8081\n", ("http",)),
        (OLD + '[[queues]]\nname = "network"\naddresses = ["net@acme.example"]\n', ()),
        (OLD.replace("[email.send]", 'name = "New"\n[email.send]'), ()),
    ],
)
def test_what_waits_is_named_and_stays_as_it_was(read: Load, new: str, waiting: tuple[str, ...]):
    old = read(OLD)
    found = renewed(old, read(new))
    assert found.restart == waiting
    assert found.loaded.sections == old.sections
    assert found.loaded.settings.database == old.settings.database
    assert found.loaded.settings.desk.address == "support@acme.example"
    assert found.loaded.settings.desk.secret == old.settings.desk.secret


def test_the_rest_counts_at_once(read: Load):
    text = OLD + '[[rules]]\nname = "r"\nwhen = "true"\ntags = ["x"]\n'
    found = renewed(read(OLD), read(text))
    assert [rule.name for rule in policy_of(found.loaded.settings).rules] == ["r"]


BOX = '[[email.mailbox]]\nhost = "imap.acme.example"\nuser = "{}"\npassword = "p"\n'


@pytest.mark.parametrize("boxes", [(), ("two",), ("one", "two")])
def test_keys_that_a_channel_can_renew_count_at_once(read: Load, boxes: tuple[str, ...]):
    old = read(OLD + BOX.format("one"))
    text = OLD.replace('"out"', '"elsewhere"') + "".join(map(BOX.format, boxes))
    new = read(text)
    found = renewed(old, new, {"email": frozenset({"mailbox"})})
    assert found.restart == ("email.send.maildir",)
    now, before, wanted = (one.sections["email"].model_dump() for one in (found.loaded, old, new))
    assert now["mailbox"] == wanted["mailbox"]
    assert now["send"] == before["send"]
    assert renewed(found.loaded, new, {"email": frozenset({"mailbox"})}).restart == found.restart
