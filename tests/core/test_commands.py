"""The grammar: every command, alias and argument; what is wrong; what is none at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.core.commands import GRAMMAR, address_of, number_of, parse, parse_words

RIGHT = [
    ("#resolve", "resolve", ()),
    ("#solved", "resolve", ()),
    ("#resolved", "resolve", ()),
    ("#close", "close", ()),
    ("#closed", "close", ()),
    ("#open", "open", ()),
    ("#reopen", "open", ()),
    ("#pending", "pending", ()),
    ("#pending 2d", "pending", ("2d",)),
    ("#pending 2 d", "pending", ("2", "d")),
    ("#hold 4h", "hold", ("4h",)),
    ("#hold", "hold", ()),
    ("#priority urgent", "priority", ("urgent",)),
    ("#priority HIGH", "priority", ("HIGH",)),
    ("#urgent", "priority", ("urgent",)),
    ("#high", "priority", ("high",)),
    ("#normal", "priority", ("normal",)),
    ("#low", "priority", ("low",)),
    ("#assign bea@acme.example", "assign", ("bea@acme.example",)),
    ("#assign me", "assign", ("me",)),
    ("#assign nobody", "assign", ("nobody",)),
    ("#assign Bea Ruiz", "assign", ("Bea", "Ruiz")),
    ("#take", "take", ()),
    ("#queue network", "queue", ("network",)),
    ("#group network", "queue", ("network",)),
    ("#escalate", "escalate", ()),
    ("#escalate the router, again", "escalate", ("the", "router,", "again")),
    ("#promise 15:00", "promise", ("15:00",)),
    ("#promise tomorrow 10:00", "promise", ("tomorrow", "10:00")),
    ("#promise off", "promise", ("off",)),
    ("#promise", "promise", ()),
    ("#tag vpn wifi", "tag", ("vpn", "wifi")),
    ("#tags vpn", "tag", ("vpn",)),
    ("#untag wifi", "untag", ("wifi",)),
    ("#merge 12", "merge", ("12",)),
    ("#merge #12", "merge", ("#12",)),
    ("#cc bob@example.org, <Joe@example.org>", "cc", ("bob@example.org,", "<Joe@example.org>")),
    ("#uncc bob@example.org", "uncc", ("bob@example.org",)),
    ("#for ada@example.org", "for", ("ada@example.org",)),
    ("#for ada@example.org phone", "for", ("ada@example.org", "phone")),
    ("#requester ada@example.org", "for", ("ada@example.org",)),
    ("#reply", "reply", ()),
    ("#note", "note", ()),
    ("#send", "send", ()),
    ("#undo", "undo", ()),
    ("#watch", "watch", ()),
    ("#unwatch", "unwatch", ()),
    ("#mine", "mine", ()),
    ("#move 31 to 12", "move", ("31", "to", "12")),
    ("#move 31 12", "move", ("31", "12")),
    ("#revoke", "revoke", ()),
    ("#away", "away", ()),
    ("#away until monday", "away", ("until", "monday")),
    ("#back", "back", ()),
    ("#status", "status", ()),
    ("#history", "status", ()),
    ("#help", "help", ()),
]


@pytest.mark.parametrize(("line", "name", "args"), RIGHT)
def test_a_command(line, name, args):
    parsed = parse(f"{line}\nHello Ada")
    assert [(c.name, c.args) for c in parsed.commands] == [(name, args)]
    assert (parsed.rest, parsed.faults) == ("Hello Ada", ())


def test_the_table_above_has_every_command_and_alias():
    written = {line.split()[0].lstrip("#") for line, _, _ in RIGHT}
    assert {name for g in GRAMMAR for name in (g.name, *g.aliases)} - written <= {"untags"}


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        # near misses
        ("#resolv", "#resolve"),
        ("#colse", "#close"),
        ("#pendng 2d", "#pending 2d"),
        ("#assing bea", "#assign bea"),
        ("#urgnt", "#urgent"),
        ("#note.", "#note"),
        ("##note", "#note"),
        ("#xyzzy", None),
        ("#", None),
        ("# ", None),
        ("#1 priority today", None),
        # with what stood behind it, where that is right
        ("#prioritty high", "#priority high"),
        ("#asign  carla@acme.example", "#assign carla@acme.example"),
        ("#pendin 3d", "#pending 3d"),
        ("#tga vpn", "#tag vpn"),
        ("#escalat it burns", "#escalate it burns"),
        ("#prioritty hot", "#priority urgent"),
        ("#closd please", "#close"),
        # wrong arguments
        ("#resolve now", "#resolve"),
        ("#close please", "#close"),
        ("#pending soon", "#pending [2d]"),
        ("#pending 0d", "#pending [2d]"),
        ("#hold 2x", "#hold [2d]"),
        ("#priority", "#priority urgent"),
        ("#priority hot", "#priority urgent"),
        ("#priority high low", "#priority urgent"),
        ("#urgent now", "#priority urgent"),
        ("#assign", "#assign bea@acme.example"),
        ("#take it", "#take"),
        ("#queue", "#queue network"),
        ("#queue a b", "#queue network"),
        ("#tag", "#tag vpn wifi"),
        ("#merge", "#merge 12"),
        ("#merge twelve", "#merge 12"),
        ("#merge 0", "#merge 12"),
        ("#merge ¹²", "#merge 12"),
        ("#cc", "#cc someone@example.org"),
        ("#cc bob", "#cc someone@example.org"),
        ("#cc bob@example.org joe", "#cc someone@example.org"),
        ("#for", "#for ada@example.org [phone]"),
        ("#for ada", "#for ada@example.org [phone]"),
        ("#for ada@example.org pigeon", "#for ada@example.org [phone]"),
        ("#send it", "#send"),
        ("#move 31", "#move 31 to 12"),
        ("#move 31 to twelve", "#move 31 to 12"),
        ("#away monday", "#away [until monday]"),
        ("#away until", "#away [until monday]"),
    ],
)
def test_a_line_that_is_wrong(line, meant):
    parsed = parse(f"{line}\nHello Ada")
    assert (parsed.commands, parsed.rest) == ((), "Hello Ada")
    assert [(f.line, f.meant) for f in parsed.faults] == [(line.strip(), meant)]
    assert parsed.faults[0].expected


def test_right_and_wrong_lines_are_both_told():
    parsed = parse("#take\n#clsoe\n#urgent\nwords")
    assert [c.name for c in parsed.commands] == ["take", "priority"]
    assert [f.meant for f in parsed.faults] == ["#close"]


@pytest.mark.parametrize(
    "text",
    [
        "#note\nsecret",
        "#note secret",
        "#note: secret",
        "#NOTE secret",
        "# note secret",
        "  #note secret",
        "\n\n#note\n\nsecret",
        "\ufeff#note secret",
        "\r\n#note\r\nsecret\r\n",
        "#note\rsecret",
        "\u200b#note secret",
        "\u2060\u00a0#note secret",
        "\u200e#note\u200b secret",
        "#no\u00adte secret",
        "\uff03note secret",
        "\u3000#note secret",
        "\x0c#note secret",
        "\u200b" * 500 + "#note secret",
        "\U000e0001#note secret",
        "\u3164#note secret",
        "\u2800#no\U000e0100te secret",
    ],
)
def test_a_note_is_one_however_a_client_writes_it(text):
    parsed = parse(text)
    assert ([c.name for c in parsed.commands], parsed.rest) == (["note"], "secret")


def test_empty_lines_between_commands_do_not_end_them():
    parsed = parse("#resolve\n\n \n#tag vpn\n\u200b\n#note\n\nHello\n\n#close")
    assert [c.name for c in parsed.commands] == ["resolve", "tag", "note"]
    assert parsed.rest == "Hello\n\n#close"


@pytest.mark.parametrize(
    "text",
    [
        "Hello\n#close",
        "> #close",
        ">#close\n> #note",
        "| #close",
        "- #close",
        "Hello #close",
        "On Monday Bea wrote:\n> #close",
        "",
        "  \n ",
    ],
)
def test_only_own_lines_at_the_very_top_are_commands(text):
    parsed = parse(text)
    assert (parsed.commands, parsed.faults) == ((), ())
    assert parsed.rest == text.strip()


def test_words_after_a_note_come_before_the_rest():
    assert parse("#note first\n#urgent\nsecond").rest == "first\nsecond"


@given(st.text(max_size=200))
def test_any_text_is_read_and_no_word_is_lost(text):
    parsed = parse(text)
    if not parsed.commands and not parsed.faults:
        assert parsed.rest == text.replace("\r\n", "\n").lstrip("\n \t\r\ufeff").strip()


@given(st.lists(st.sampled_from([line for line, _, _ in RIGHT]), max_size=5), st.booleans())
def test_commands_keep_their_order(lines, crlf):
    text = ("\r\n" if crlf else "\n").join([*lines, "", "words"])
    named = [c.name for c in parse(text).commands]
    assert named == [name for line in lines for right, name, _ in RIGHT if right == line]
    assert parse(text).rest == "words"


def test_one_long_line_is_read_in_no_time():
    assert parse("x" * 3_000_000).commands == ()
    assert len(parse("#" + "x" * 3_000_000).faults) == 1


def test_by_the_command_line_the_sign_is_optional():
    parsed = parse_words(("resolve", "#urgent", "  tag  vpn\nwifi "))
    assert [(c.name, c.args) for c in parsed.commands] == [
        ("resolve", ()),
        ("priority", ("urgent",)),
        ("tag", ("vpn", "wifi")),
    ]
    assert parse_words(("",)).faults
    assert parse_words(("note call her",)).rest == "call her"


@pytest.mark.parametrize(
    ("word", "address"),
    [
        ("Bob@Example.org", "bob@example.org"),
        ("<bob@example.org>,", "bob@example.org"),
        ("bob", None),
        ("a@b@c", None),
        ("@b", None),
        ("a@" + "b" * 300, None),
    ],
)
def test_addresses(word, address):
    assert address_of(word) == address


@pytest.mark.parametrize(
    ("word", "number"), [("12", 12), ("#12", 12), ("x", None), ("1" * 13, None)]
)
def test_numbers(word, number):
    assert number_of(word) == number
