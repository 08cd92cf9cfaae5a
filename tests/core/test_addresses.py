"""A signed address says what it was made for, and nothing else verifies."""

import string
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.addresses import LOCAL_PART_LIMIT, AddressKind, Key
from tests.core.kit import DAY, KEY, NOW, book, signed

KINDS = st.sampled_from(AddressKind)
NUMBERS = st.integers(min_value=0, max_value=999_999_999)
PEOPLE = st.text("ab0.+-", min_size=1, max_size=30).map(lambda name: f"{name}@x.example")
DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 1, 1))
TODAY = date(2026, 1, 5)


@given(KINDS, NUMBERS, PEOPLE, DAYS, st.integers(0, 255))
def test_what_was_minted_is_read(kind, number, person, today, generation):
    made = book().mint(kind, number, person, today=today, generation=generation)
    read = book().read(made)
    assert read is not None
    assert (read.kind, read.number, read.generation, read.issued) == (
        kind,
        number,
        generation,
        today,
    )
    assert book().made_for(read, person)
    assert not book().made_for(read, "x" + person)
    assert len(made.rpartition("@")[0]) <= LOCAL_PART_LIMIT


@given(st.data())
def test_no_other_character_at_any_place_verifies(data):
    made = signed(AddressKind.PUBLIC, 7, "bea@acme.example")
    at = data.draw(st.integers(0, len(made) - 1))
    other = data.draw(st.sampled_from(string.printable + "\u212a\u017f\u0130\uff17"))
    tampered = made[:at] + other + made[at + 1 :]
    if tampered.lower() != made or not tampered.isascii():
        assert book().read(tampered) is None


def test_every_single_letter_of_the_token_counts():
    made = signed(AddressKind.INTERNAL, 7, "bea@acme.example")
    start = made.index("+") + 1
    verified = [
        made[:at] + letter + made[at + 1 :]
        for at in range(start, made.index("@"))
        for letter in "abcdefghijklmnopqrstuvwxyz234567.01890"
        if letter != made[at] and book().read(made[:at] + letter + made[at + 1 :]) is not None
    ]
    assert verified == []


@pytest.mark.parametrize("number", ["07", "0000007", "7.7", "+7", "-7", "7 ", "", "8"])
def test_a_number_is_written_in_one_way_only(number):
    made = signed(AddressKind.REQUESTER, 7, "ada@example.org")
    assert book().read(made.replace("+7.", f"+{number}.")) is None


def test_case_does_not_matter_as_mail_servers_change_it():
    made = signed(AddressKind.REQUESTER, 7, "Ada@Example.org")
    read = book().read(made.upper())
    assert read is not None
    assert book().made_for(read, "ADA@example.ORG")
    assert read.address == made


@pytest.mark.parametrize(
    "junk",
    [
        "", "@", "support@acme.example", "support+7@acme.example", "support+7.@acme.example",
        "support+7." + "a" * 31 + "@acme.example", "support+7." + "a" * 30 + "@acme.example",
        "support+7." + "a" * 31 + "@evil.example", "x" * 10_000, "support+" * 5_000,
    ],
)  # fmt: skip
def test_what_we_did_not_sign_is_nothing(junk):
    assert book().read(junk) is None


def test_a_new_key_signs_and_the_old_one_still_verifies():
    old, new = KEY, Key(id=2, secret=b"n" * 32)
    before = book(old).mint(AddressKind.PUBLIC, 7, "bea@acme.example", today=TODAY)
    rotated = book(new, old)
    after = rotated.mint(AddressKind.PUBLIC, 7, "bea@acme.example", today=TODAY)
    for made in (before, after):
        read = rotated.read(made)
        assert read is not None
        assert rotated.made_for(read, "bea@acme.example")
    assert book(old).read(after) is None
    assert book(new).read(before) is None


def test_the_same_id_with_another_secret_does_not_verify():
    made = signed(AddressKind.PUBLIC, 7, "bea@acme.example")
    assert book(Key(id=KEY.id, secret=b"x" * 32)).read(made) is None


def test_a_pattern_of_the_operator():
    own = book(pattern="Reply+{token}@desk.acme.example")
    made = own.mint(AddressKind.REQUESTER, 7, "ada@example.org", today=TODAY, queue="network")
    assert made.startswith("reply+7.")
    assert made.endswith("@desk.acme.example")
    assert own.read(made) is not None
    assert own.is_ours(made)
    assert book().read(made) is None


def test_addresses_of_before_the_pattern_still_verify():
    before = signed(AddressKind.REQUESTER, 7, "ada@example.org")
    assert book(pattern="reply+{token}@desk.acme.example").read(before) is not None


def test_a_queue_has_addresses_of_its_own():
    made = book().mint(AddressKind.REQUESTER, 7, "a@b.c", today=TODAY, queue="network")
    assert made.startswith("network+7.")
    assert book().queue_of("HELP@acme.example") == "support"
    assert book().queue_of("nobody@acme.example") is None


def test_a_local_part_that_would_be_too_long_is_refused():
    own = book(pattern="a-very-long-name-for-the-answers-of-people+{token}@acme.example")
    with pytest.raises(ValueError, match="longer than 64 octets"):
        own.longest("support")


def test_age_is_counted_in_days():
    read = book().read(signed(AddressKind.PUBLIC, 7, "bea@acme.example", age=31))
    assert read is not None
    assert read.age(NOW) == 31 * DAY


def test_plain_signed_and_foreign_addresses_are_told_apart():
    made = signed(AddressKind.BOUNCE, 9, "ada@example.org")
    broken = made[: made.index("@") - 1] + ("a" if made[made.index("@") - 1] != "a" else "b")
    broken += made[made.index("@") :]
    assert book().is_ours("Support@acme.example")
    assert book().is_ours(made)
    assert not book().is_ours(broken)
    assert book().looks_ours(broken)
    assert not book().looks_ours("support@acme.example")


def test_secrets_and_tokens_are_in_no_repr():
    made = signed(AddressKind.PUBLIC, 7, "bea@acme.example")
    token = made.split("+")[1].split("@")[0].split(".")[1]
    shown = f"{KEY!r} {book()!r} {book().read(made)!r}"
    assert "kkkk" not in shown
    assert token not in shown


def test_our_own_mail_is_known_by_its_mark():
    mark = book().mark("<1@acme.example>")
    assert book().is_mark(f" {mark} ")
    assert not book().is_mark(mark.replace("<1@", "<2@"))
    assert not book().is_mark("")
    assert not book().is_mark("ü ü")
