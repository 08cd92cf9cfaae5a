from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading import key_of, lane_of
from gateway.channels.email.reading.charsets import decode
from gateway.channels.email.reading.dates import date_of
from gateway.channels.email.reading.language import guessed
from gateway.channels.email.reading.names import safe_name, unique_name
from gateway.channels.email.reading.params import split_value
from gateway.channels.email.reading.parties import parse_list
from gateway.channels.email.reading.words import header_text
from gateway.core.model import Remark, RemarkKind
from tests.channels.email.reading.kit import read

ADDRESSES = {
    "Ada@Example.ORG": [("ada@example.org", "")],
    '"Byron, Ada" <ada@example.org>, bob@example.org': [
        ("ada@example.org", "Byron, Ada"),
        ("bob@example.org", ""),
    ],
    "ada@example.org (Ada Byron)": [("ada@example.org", "Ada Byron")],
    "Team: ada@example.org, Bob <bob@example.org>;": [
        ("ada@example.org", ""),
        ("bob@example.org", "Bob"),
    ],
    "undisclosed-recipients:;": [],
    "Ada Byron ada@example.org": [("ada@example.org", "Ada Byron")],
    "<@relay.example:ada@example.org>": [("ada@example.org", "")],
    "=?utf-8?q?Ada_=3Cada=40example=2Eorg=3E?=": [("ada@example.org", "Ada")],
    "'ada@example.org' <ada@example.org>": [("ada@example.org", "ada@example.org")],
    'Ada "the "first" one" <ada@example.org>': [("ada@example.org", "Ada the first one")],
    "Jörg <jörg@müller.example>": [("jörg@xn--mller-kva.example", "Jörg")],
    '"odd local"@example.org': [('"odd local"@example.org', "")],
    "Ada <ada@example.org": [("ada@example.org", "Ada")],
    "Ada <not an address>": [],
    "Pete(A nice \\) chap) <pete(his)@silly.test(host)>": [("pete@silly.test", "Pete")],
    '"Ada\\"s" <ada@example.org>': [("ada@example.org", 'Ada"s')],
    "": [],
    "Byron, Ada <ada@example.org>": [("ada@example.org", "Byron, Ada")],
    "ada@[IPv6:2001:db8::1]": [("ada@[ipv6:2001:db8::1]", "")],
    "<mailto:ada@example.org?subject=x>": [("ada@example.org", "")],
    "ada@example.org@relay.example": [("ada@example.org", "")],
    "'ada@example.org'": [("ada@example.org", "")],
    "[ada@example.org]": [("ada@example.org", "")],
    "ada@Bücher。example": [("ada@xn--bcher-kva.example", "")],
    "a\u200bda@\u202eexample.org": [("ada@example.org", "")],
    "ada@straße.example": [("ada@xn--strae-oqa.example", "")],
    "ada@STRASSE.example": [("ada@strasse.example", "")],
    "<@a,@b:ada@example.org>, Bob <bob@example.org>": [
        ("ada@example.org", ""),
        ("bob@example.org", "Bob"),
    ],
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_address_list(text: str):
    assert [(p.address, p.name) for p in parse_list(text)] == ADDRESSES[text]


HEADER_TEXTS = {
    b"=?utf-8?q?caf=C3=A9?=": "café",
    b"=?UTF-8?B?5aCx?=\n =?UTF-8?B?5ZGK?=": "報告",
    b"=?utf-8?q?a?= b =?utf-8?q?c?=": "a b c",
    b"=?utf-8?b?5aCx5Z?= =?utf-8?b?GK?=": "報告",
    b"=?iso-8859-1*de?q?=E4?=": "ä",
    b"=?utf-8?q?two words?=": "two words",
    b"=?utf-8?b?YWJj": "=?utf-8?b?YWJj",
    b"=?nonsense?q?abc?=": "abc",
    b"=?utf-8?q?why?_not?=": "why? not",
    "größer".encode(): "größer",
    "größer".encode("latin-1"): "größer",
    b"\x1b$B$3$s\x1b(B": "こん",
    b"a\r\n\tb\x00\x07c": "a b c",
    b"=?utf-8?q?a?==?utf-8?q?b?=": "ab",
    b"=?utf-8?B?SGVs\n bG8=?=": "Hello",
    b"=?utf-8?Q?=3D=3Futf-8=3FB=3FSGVsbG8=3D=3F=3D?=": "Hello",
    b"=??Q?abc?=": "abc",
    "a\u202eb".encode(): "a b",
}


@pytest.mark.parametrize("value", HEADER_TEXTS)
def test_header_text(value: bytes):
    assert header_text(value) == HEADER_TEXTS[value]


DATES = {
    "Mon, 5 Jan 2026 09:00:00 +0100": datetime(2026, 1, 5, 8, tzinfo=UTC),
    "5 Jan 26 09:00 GMT": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "Mon, 05 Jan 2026 09:00:00 -0000 (somewhere)": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "Mon, 5 Jan 2026 23:59:60 +0000": datetime(2026, 1, 6, 0, 0, tzinfo=UTC),
    "2026-01-05T09:00:00Z": datetime(2026, 1, 5, 9, tzinfo=UTC),
    "Fri, 21 Nov 1997 09(comment):   55  :  06 -0600": datetime(
        1997, 11, 21, 15, 55, 6, tzinfo=UTC
    ),
    "Mon, 99 Jan 2026 09:00:00 +0100": None,
    "Fri, 31 Dec 9999 23:59:59 -1200": None,
    "yesterday": None,
    "": None,
}


@pytest.mark.parametrize("text", DATES)
def test_date(text: str):
    assert date_of(text) == DATES[text]


@pytest.mark.parametrize(
    ("date", "kept"),
    [
        ("Tue, 2 Jun 2026 00:00:00 +0000", True),
        ("Tue, 2 Jun 2026 00:00:01 +0000", False),
        ("Tue, 1 Jan 1980 00:00:00 +0000", True),
        ("Mon, 31 Dec 1979 23:59:59 +0000", False),
    ],
)
def test_absurd_date_is_left_out(date: str, kept: bool):
    message = read(f"From: a@example.org\nDate: {date}\n\nx")
    assert (message.sent_at is not None) is kept
    assert ("a Date that cannot be right" in message.defects) is not kept


CHARSETS = [
    ("größer".encode(), "utf-8", "größer"),
    ("größer".encode(), "us-ascii", "größer"),
    ("größer".encode("utf-16"), "unicode", "größer"),
    ("größer".encode("utf-16"), "iso-8859-1", "größer"),
    ("café".encode("mac_roman"), "x-macroman", "café"),
    ("Привіт".encode("koi8_u"), "koi8-ru", "Привіт"),
    ("こんにちは".encode("euc_jp"), "eucJP-ms", "こんにちは"),
    ("größer".encode("latin-1"), "us-ascii", "größer"),
    ("größer".encode("latin-1"), None, "größer"),
    ("größer".encode("latin-1"), "utf-8", "größer"),
    ("größer".encode("latin-1"), "idna", "größer"),
    ("größer".encode("latin-1"), "zlib", "größer"),
    ("größer".encode("latin-1"), "no-such-charset", "größer"),
    (b"\x80 5", "iso-8859-1", "€ 5"),
    ("привет".encode("koi8-r"), "koi8-r", "привет"),
    ("報告".encode("gb18030"), "gb2312", "報告"),
    ("報告①".encode("cp932"), "shift_jis", "報告①"),
    ("報告".encode("iso2022_jp"), None, "報告"),
    (b"plain", "utf-16", "plain"),
    (b"A\xff", "utf-8", "Aÿ"),
    ("①㈱ﾃｽﾄ".encode("cp932"), "x-sjis", "①㈱ﾃｽﾄ"),
    (b"\x1b$B-!-j\x1b(B a \x1b(I4]\x1b(B", "iso-2022-jp", "①㈱ a ｴﾝ"),
    ("größer".encode("cp850"), "cp-850", "größer"),
    ("größer".encode("cp850"), "IBM850", "größer"),
    ("พิมพ์".encode("cp874"), "windows-874", "พิมพ์"),
    ("똠방".encode("cp949"), "ks_c_5601-1987", "똠방"),
    ("שלום".encode("iso8859-8"), "ISO-8859-8-I", "שלום"),
    (b"gr+APY-n", "unicode-1-1-utf-7", "grön"),
    ("größer".encode("latin-1"), '"utf-8', "größer"),
    ("größer".encode(), "utf-8, iso-8859-1", "größer"),
    ("größer".encode("latin-1"), "charset=iso-8859-1", "größer"),
    ("größer".encode("utf-16"), None, "größer"),
    ("漢字".encode("big5"), "Big5", "漢字"),
    ("はい".encode("cp932"), "windows-31j", "はい"),
]


@pytest.mark.parametrize(("data", "charset", "text"), CHARSETS)
def test_charset(data: bytes, charset: str | None, text: str):
    assert decode(data, charset) == text


def test_long_undeclared_text_is_guessed():
    text = "Добрый день, у меня не работает принтер, помогите пожалуйста. " * 12
    assert decode(text.encode("cp1251"), None) == text


PARAMETERS = {
    b'text/plain; charset="utf-8"; name=a.txt': {"charset": "utf-8", "name": "a.txt"},
    b"a/b; name*=utf-8''%e5%a0%b1": {"name": "報"},
    b"a/b; name*0=one; name*1=two": {"name": "onetwo"},
    b"a/b; name*1=two; name*0=one": {"name": "onetwo"},
    b"a/b; name==?utf-8?b?5aCx?=": {"name": "報"},
    b'a/b; name="a;b\\"c"': {"name": 'a;b"c'},
    b"a/b; name=two words.txt": {"name": "two words.txt"},
    b"a/b; name=first; name=second": {"name": "first"},
    b"a/b;;; x ; y=1": {"y": "1"},
    b'a/b; charset="utf-8': {"charset": "utf-8"},
    b"a/b charset=utf-8": {"charset": "utf-8"},
    b"a/b; name*=utf-8''100%": {"name": "100%"},
    b'a/b; name*0="=?utf-8?B?w6k"; name*1="=?=.txt"': {"name": "é.txt"},
    b"a/b; name=a.txt; name*=iso-8859-1'fr'%e9.txt": {"name": "é.txt"},
    b'a/b; name="a\r\n b.txt"': {"name": "a b.txt"},
    b"a/b": {},
}


@pytest.mark.parametrize("value", PARAMETERS)
def test_parameters(value: bytes):
    assert split_value(value)[1] == PARAMETERS[value]


NAMES = {
    "report.pdf": "report.pdf",
    "../../etc/passwd": "passwd",
    "C:\\Windows\\win.ini": "win.ini",
    ".bashrc": "bashrc",
    "a\x00b\nc.txt": "a_b_c.txt",
    "photo\u202egpj.exe": "photo_gpj.exe",
    "NUL": "_NUL",
    "..\uff0f..\u2215etc\uff3cpasswd": "etc_passwd",
    "報告\uff0f2026.pdf": "報告_2026.pdf",
    "com1.txt": "_com1.txt",
    "..": "attachment.pdf",
    "": "attachment.pdf",
    "x" * 300 + ".pdf": "x" * 146 + ".pdf",
}


@pytest.mark.parametrize("claimed", NAMES)
def test_file_name_is_safe(claimed: str):
    assert safe_name(claimed, "application/pdf") == NAMES[claimed]


MADE_UP = {
    "message/.": "attachment",
    "message/..": "attachment",
    "message/.hidden": "hidden",
    "message/con": "_con",
    "message/rfc822": "rfc822.eml",
    "text/calendar": "calendar.ics",
    "image/.": "image",
    "a/": "attachment",
}


@pytest.mark.parametrize("kind", MADE_UP)
def test_a_name_made_up_from_the_type_is_safe_as_well(kind: str):
    assert safe_name("..", kind) == MADE_UP[kind]


ENDINGS = ("message/rfc822", "message/.", "text/plain", "text/html", "a/b")


@given(st.text(alphabet="._ ~/\\\0\u202eaé報", max_size=400), st.sampled_from(ENDINGS))
def test_no_name_is_made_of_dots_whatever_is_claimed(claimed: str, kind: str):
    head = "Content-Type: multipart/mixed; boundary=b\n\n--b\n"
    part = f'Content-Type: {kind}\nContent-Disposition: attachment; filename="{claimed}"\n\nx'
    for name in (safe_name(claimed, kind), *(a.name for a in read(head + part).attachments)):
        assert name.strip("._ ")
        assert name[0] not in ". "
        assert len(name.encode()) <= 220


def test_long_name_of_many_octets_fits_a_file_system():
    name = safe_name("報" * 200 + ".pdf", "application/pdf")
    assert len(name.encode()) <= 200
    assert name.endswith(".pdf")


def test_names_are_told_apart_whatever_their_case():
    taken: set[str] = set()
    names = [unique_name(name, taken) for name in ("a.txt", "A.txt", "a-2.txt", "a.txt", "b")]
    assert names[0] == "a.txt"
    assert len({name.casefold() for name in names}) == 5


LANES = {
    b"References: <a@x>\n <b@x>\nIn-Reply-To: <b@x>\nMessage-ID: <c@x>\n\nx": "a@x",
    b"In-Reply-To: <b@x>\nMessage-ID: <c@x>\n\nx": "b@x",
    b"Message-ID:\r\n <c@x>\r\n\r\nx": "c@x",
    b"Subject: x\n\nReferences: <a@x>": "",
    b"": "",
    b"X: " + b"y" * 70_000 + b"\nReferences: <a@x>\n\nx": "",
}


@pytest.mark.parametrize("raw", LANES, ids=lambda raw: raw[:20])
def test_lane(raw: bytes):
    assert lane_of(raw) == LANES[raw]


def test_key_is_the_same_with_and_without_brackets():
    assert key_of("<Ab.1@Example.ORG>") == key_of(" Ab.1@Example.ORG ") == "mail:Ab.1@Example.ORG"


def refers(*headers: str) -> tuple[str, ...]:
    head = "\n".join(["From: a@example.org", "To: s@acme.example", *headers])
    return read(f"{head}\n\nx").refers_to


def test_what_is_answered_comes_first_then_the_newest_references():
    assert refers("References: <1@x> <2@x> <3@x>", "In-Reply-To: <2@x>") == (
        "mail:2@x",
        "mail:3@x",
        "mail:1@x",
    )


@pytest.mark.parametrize(
    ("value", "keys"),
    [
        ("Message from Ada <ada@x.example> of Monday <1@x>", ("mail:1@x",)),
        ('Message from Ada <ada@x.example>\n of "Thu, 19 Sep 2002 21:42" <1@x>', ("mail:1@x",)),
        ('Message from ada@x.example of\n "Mon, 26 Aug 2002." <1@x>', ("mail:1@x",)),
        ('Message from Ada of "Mon, 26 Aug 2002." <1@x>', ("mail:1@x",)),
        ('Your message of "Mon, 26 Aug 2002." <1@x>', ("mail:1@x",)),
        ('ada@x.example\'s message of "27 Aug 2002 14:45:35 -0700"', ()),
        ("<s@acme.example>", ()),
        ("1@x 2@x", ("mail:1@x", "mail:2@x")),
        ("1@x", ("mail:1@x",)),
        ("<1@\0x\x7f>", ("mail:1@x",)),
        ("1\0@x", ("mail:1@x",)),
        ("<1@\n x>", ("mail:1@x",)),
        ("", ()),
    ],
)
def test_in_reply_to_as_programs_write_it(value: str, keys: tuple[str, ...]):
    assert refers(f"In-Reply-To: {value}") == keys


def test_a_loop_of_references_is_cut():
    assert len(refers("References: " + " ".join(f"<{n}@x>" for n in range(5_000)))) == 100


def test_recipients_stand_envelope_first_each_once():
    message = read(
        "From: a@example.org\nDelivered-To: s@acme.example\nX-Original-To: d@acme.example\n"
        "To: S@acme.example, b@example.org\nCc: c@example.org\n\nx",
        {"to": ["<S+7.k3@acme.example>", "c@example.org"]},
    )
    assert message.recipients == (
        "s+7.k3@acme.example",
        "c@example.org",
        "s@acme.example",
        "d@acme.example",
        "b@example.org",
    )


def test_ten_thousand_recipients_are_capped_beside_the_envelope():
    cc = ", ".join(f"n{n}@example.org" for n in range(10_000))
    envelope = {"to": [f"e{n}@acme.example" for n in range(300)]}
    message = read(f"From: a@example.org\nCc: {cc}\n\nx", envelope)
    assert len(message.recipients) == 500
    assert "more than 200 recipients in the headers" in message.defects


@pytest.mark.parametrize(
    ("head", "envelope", "author"),
    [
        ("From: Ada <ada@example.org>", {}, ("ada@example.org", "Ada")),
        ("From: nobody\nSender: Bob <bob@example.org>", {}, ("bob@example.org", "Bob")),
        ("Subject: x", {"from": "env@example.org"}, ("env@example.org", "")),
        ("Subject: x", {"from": 7}, ("", "")),
        ("From: Mailer <>", {"from": ""}, ("", "Mailer")),
        ("From: a@example.org, b@example.org", {}, ("a@example.org", "")),
    ],
)
def test_author(head: str, envelope: dict[str, object], author: tuple[str, str]):
    found = read(f"{head}\n\nx", envelope).author
    assert (found.address, found.name) == author


@pytest.mark.parametrize(
    "head",
    [
        "X-Original-Sender: ada@example.org\nReply-To: group@acme.example",
        "Reply-To: Ada <ada@example.org>",
    ],
)
def test_author_behind_our_own_list_is_who_wrote_to_it(head: str):
    raw = (
        "From: Ada via Group <group@acme.example>\nList-Id: <group.acme.example>\n"
        f"Precedence: list\n{head}\n\nx"
    )
    message = read(raw, own_lists=("group@acme.example",))
    assert message.author.address == "ada@example.org"
    assert message.automatic is None
    assert read(raw).automatic == "bulk"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "The printer is on fire and I do not know what to do with it, can you please help " * 2,
            "en",
        ),
        (
            "La impresora está ardiendo y no sé qué es lo que tengo que hacer con los papeles " * 2,
            "es",
        ),
        (
            "Der Drucker brennt und ich weiß nicht, was mit dem Papier ist, bitte helfen Sie " * 2,
            "de",
        ),
        (
            "La stampante brucia e non so che cosa devo fare con la carta, per favore aiutatemi "
            * 2,
            "it",
        ),
        (
            "L'imprimante brûle et je ne sais pas ce que je dois faire avec le papier, aidez-moi "
            * 2,
            "fr",
        ),
        (
            "A impressora está a arder e não sei o que devo fazer com o papel, por favor ajudem "
            * 2,
            "pt",
        ),
        # As short as people write when something is broken.
        ("Hola, mi impresora no funciona desde ayer y necesito ayuda por favor.", "es"),
        ("No puedo entrar en mi cuenta, ¿me pueden ayudar? Gracias.", "es"),
        ("My printer is on fire. Help!", "en"),
        ("Hi, I have not received the invoice for my order.", "en"),
        ("Hallo, mein Drucker geht nicht. Bitte helfen Sie mir.", "de"),
        ("Guten Tag, wir haben die Rechnung noch nicht bekommen.", "de"),
        ("Ciao, la mia stampante non funziona da ieri. Grazie", "it"),
        ("Buongiorno, non riesco a entrare nel mio account.", "it"),
        ("Bonjour, mon imprimante ne marche pas, merci.", "fr"),
        ("Je n'arrive pas à me connecter, pouvez-vous m'aider ?", "fr"),
        ("Olá, a minha impressora não funciona. Obrigada", "pt"),
        ("Bom dia, não consigo entrar na minha conta.", "pt"),
        # Too little, of two languages, or of another one.
        ("short", None),
        ("See attached", None),
        ("Hello " + "a@mail.example.com no@x.example.com " * 20, None),
        ("no no no no no", None),
        ("error: is not on PATH /usr/bin 0x17 0x18 0x19 a b c d e f g", None),
        ("Hola, hello, bonjour, hallo, ciao", None),
        ("Hola, la meva impressora no funciona des d'ahir", None),
        ("Mijn printer doet het niet, kunt u mij helpen?", None),
        ("lorem ipsum dolor sit amet " * 10, None),
    ],
)
def test_language_is_guessed_only_when_clear(text: str, language: str | None):
    assert guessed(text) == language


LEGAL = (
    "This message is intended for the addressee alone and may be confidential. If you have "
    "received it by mistake, please tell the sender and delete it. Do not pass it on."
)


def test_language_is_that_of_the_words_and_not_of_what_stands_below_them():
    mail = f"From: a@example.org\n\nHola, mi cuenta no funciona, gracias.\n\n-- \n{LEGAL}\n"
    assert read(mail).language == "es"
    assert read(f"From: a@example.org\n\nHola.\n\n-- \n{LEGAL}\n").language == "en"


def test_language_that_the_mail_names_counts():
    assert read("From: a@example.org\nContent-Language: fr-CA, en\n\nx").language == "fr"


SEVERAL = {
    "Bea <bea@acme.example>, m@evil.example": "m@evil.example",
    "Bea <bea@acme.example>\nFrom: M <m@evil.example>": "m@evil.example",
    "Team: bea@acme.example, m@evil.example;": "m@evil.example",
    "bea@acme.example, x@a.example, x@a.example, y@b.example": "x@a.example, y@b.example",
    "Bea <bea@acme.example>": None,
    "Bea <bea@acme.example>, Bea <BEA@acme.example>": None,
    "Bea <bea@acme.example>\nSender: m@evil.example": None,
    '"m@evil.example" <bea@acme.example>': None,
}


@pytest.mark.parametrize("value", SEVERAL)
def test_several_authors_are_told(value: str):
    message = read(f"From: {value}\n\nx")
    assert message.author.address == "bea@acme.example"
    about = SEVERAL[value]
    remarks = () if about is None else (Remark(kind=RemarkKind.AUTHORS, about=about),)
    assert message.remarks == remarks


def test_a_list_of_our_own_beside_the_author_is_no_second_one():
    mail = "From: Ada via Support <support@groups.example>\nX-Original-Sender: ada@example.org\n\nx"
    assert read(mail, own_lists=("support@groups.example",)).remarks == ()
