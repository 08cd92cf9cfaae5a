"""What is built is read again with the standard library's modern policy, which knows no mercy."""

from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import SMTP, compat32
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.channels.email.sending.building import to_bytes
from gateway.core.documents import Block
from gateway.core.model import Attachment, Party
from gateway.core.ports import PermanentError
from tests.channels.email.sending.outbounds import MARK_LINE, document, outbound, words

PICTURE = Attachment(name="p.png", type="image/png", data=b"\x89PNG", inline=True, cid="p1@acme")
STRICT = SMTP.clone(raise_on_defect=True)


def built(**changes: object) -> EmailMessage:
    return parsed(to_bytes(outbound(**changes), domain="acme.example"))


def parsed(data: bytes) -> EmailMessage:
    return message_from_bytes(data, policy=STRICT)


def first_file(message: EmailMessage) -> EmailMessage:
    return next(message.iter_attachments())


def shape(part: EmailMessage) -> object:
    if not part.is_multipart() or part.get_content_type() == "message/rfc822":
        return part.get_content_type()
    return [part.get_content_subtype(), *(shape(p) for p in part.iter_parts())]  # type: ignore[arg-type]


def said(message: EmailMessage, form: str) -> str:
    part = message.get_body((form,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def people(field: str, **changes: object) -> list[tuple[str, str]]:
    """Read the old way: in 3.11, the modern parser puts spaces between the encoded words of a
    name, where RFC 2047, section 6.2, wants none."""
    data = to_bytes(outbound(**changes), domain="acme.example")
    raw = message_from_bytes(data, policy=compat32)[field].replace("\r\n", "")
    return [(str(make_header(decode_header(n))), a) for n, a in getaddresses([raw])]


def test_the_headers_say_who_what_and_when():
    message = built(
        reply_to="support+7.abc@acme.example",
        shown_to=(Party(address="ada@example.org", name="Ada"),),
        shown_cc=(Party(address="bob@example.org"), Party(address="U123", channel="slack")),
        mark="out.1@acme.example k3v9",
        language="es",
    )
    assert message["From"] == "Acme Support <support@acme.example>"
    assert message["To"] == "Ada <ada@example.org>"
    assert message["Cc"] == "bob@example.org"
    assert message["Reply-To"] == "Acme Support <support+7.abc@acme.example>"
    assert message["Subject"] == "Printer on fire"
    assert message["Date"].datetime == outbound().created_at
    assert message["Message-ID"] == "<out.1@acme.example>"
    assert message["X-Helpdesk-Mark"] == "out.1@acme.example k3v9"
    assert message["Content-Language"] == "es"
    assert message["Bcc"] is None


@pytest.mark.parametrize("given_id", ["out.1@acme.example", "<out.1@acme.example>", " <out.1> "])
def test_a_message_id_is_put_right(given_id):
    assert built(message_id=given_id)["Message-ID"] == "<out.1@acme.example>"


@pytest.mark.parametrize(
    ("automatic", "thread", "sign"),
    [
        (True, (), "auto-generated"),
        (True, ("mail:a@b",), "auto-replied"),
        (True, ("slack:C1/2",), "auto-generated"),
        (False, ("mail:a@b",), None),
    ],
)
def test_only_what_the_desk_says_by_itself_bears_the_sign_of_a_machine(automatic, thread, sign):
    message = built(automatic=automatic, thread=thread)
    assert message["Auto-Submitted"] == sign
    assert message["X-Auto-Response-Suppress"] == ("All" if sign else None)


def test_the_thread_goes_into_references_without_other_channels_keys():
    message = built(thread=("mail:a@b", "slack:C1/2", "mail:c@d", "mail:a@b", "mail:bad id", "c@e"))
    assert message["References"] == "<a@b> <c@d>"
    assert message["In-Reply-To"] == "<c@d>"


def test_a_long_thread_keeps_its_beginning_and_its_newest():
    message = built(thread=tuple(f"mail:{n}.{'x' * 40}@example.org" for n in range(500)))
    ids = message["References"].split()
    assert ids[0].startswith("<0.")
    assert [i.split(".")[0] for i in ids[-3:]] == ["<497", "<498", "<499"]
    assert message["In-Reply-To"] == ids[-1]
    assert len("References: " + message["References"]) <= 998


def test_a_beginning_that_fills_the_header_leaves_the_newest():
    message = built(thread=(f"mail:{'x' * 890}@y", "mail:a@b", "mail:c@d"))
    assert message["References"] == message["In-Reply-To"] == "<c@d>"


def test_an_id_longer_than_a_line_is_not_encoded():
    long = "x" * 200 + "@example.org"
    data = to_bytes(outbound(thread=("mail:a@b", f"mail:{long}")), domain="acme.example")
    assert f"\r\n <{long}>\r\n".encode() in data


def test_text_alone_has_a_plain_and_a_rich_form():
    message = built()
    assert shape(message) == ["alternative", "text/plain", "text/html"]
    assert said(message, "plain") == "We are on it.\n"
    assert "We are on it." in said(message, "html")


def test_a_picture_that_the_words_show_stands_beside_them_and_files_come_after():
    file = Attachment(name="a.pdf", type="application/pdf", data=b"%PDF")
    message = built(
        document=document("Hi", words("see", '<p>see <img src="cid:p1@acme"></p>')),
        attachments=(PICTURE, file),
    )
    related = ["related", "text/html", "image/png"]
    assert shape(message) == [
        "mixed",
        ["alternative", "text/plain", related],
        "application/pdf",
    ]
    picture = next(p for p in message.walk() if p.get_content_type() == "image/png")
    assert picture["Content-ID"] == "<p1@acme>"
    assert picture.get_content() == PICTURE.data


def test_a_picture_that_is_not_shown_is_a_file():
    message = built(attachments=(PICTURE,))
    assert shape(message) == ["mixed", ["alternative", "text/plain", "text/html"], "image/png"]


@pytest.mark.parametrize(
    ("kind", "sent_as"),
    [
        ("image/png", "image/png"),
        ("text/html", "text/html"),
        ("", "application/octet-stream"),
        ("image", "application/octet-stream"),
        ("image/png\r\nX-Evil: 1", "application/octet-stream"),
        ("image/png; name=x", "application/octet-stream"),
        ("multipart/mixed", "application/octet-stream"),
        ("message/delivery-status", "application/octet-stream"),
        ("message/external-body", "application/octet-stream"),
        ("bild/büro", "application/octet-stream"),
    ],
)
def test_a_type_that_is_none_is_sent_as_octets(kind, sent_as):
    file = Attachment(name="f", type=kind, data=b"a\r\nb\n\x00\xff")
    part = first_file(built(attachments=(file,)))
    assert part.get_content_type() == sent_as
    assert part.get_payload(decode=True) == file.data
    assert part["X-Evil"] is None


def test_a_mail_is_attached_as_one_and_not_written_anew():
    data = b"From: a@b\nSubject: =?x\nX-Odd:no space\n\n.hello\r\nbye"
    file = Attachment(name="m.eml", type="message/rfc822", data=data)
    raw = to_bytes(outbound(attachments=(file,)), domain="acme.example")
    assert b"\r\n\r\nFrom: a@b\r\nSubject: =?x\r\nX-Odd:no space\r\n\r\n.hello\r\nbye\r\n" in raw
    part = first_file(message_from_bytes(raw, policy=SMTP))
    assert part.get_content_type() == "message/rfc822"
    assert part.get_content()["From"] == "a@b"


@pytest.mark.parametrize(
    "data", [b"Subject: \xff\n\n", b"A: b\n\n\x00", b"A: b\n\n" + b"x" * 999, b"", b"no mail\n"]
)
def test_a_mail_that_is_not_seven_bit_or_none_is_attached_as_octets(data):
    file = Attachment(name="m.eml", type="message/rfc822", data=data)
    part = first_file(built(attachments=(file,)))
    assert part.get_content_type() == "application/octet-stream"
    assert part.get_filename() == "m.eml"
    assert part.get_payload(decode=True) == data


def test_the_mark_stands_in_both_forms_letter_by_letter():
    long = f"##- {'Bitte schreiben Sie Ihre Antwort über diese Zeile ' * 3}-##"
    for mark in (MARK_LINE, long):
        message = built(document=document("Hi", Block(kind="mark", text=mark), words("hello")))
        assert mark in said(message, "plain").splitlines()
        assert f">{mark}<" in said(message, "html")


def test_a_mark_within_somebodys_words_does_not_go_on():
    blocks = (
        Block(kind="mark", text=MARK_LINE),
        words(f"hello\n> {MARK_LINE}\n> old", f"<p>hello</p><p>{MARK_LINE}</p>"),
        Block(kind="quote", text=f"older\n{MARK_LINE}"),
    )
    message = built(document=document("Hi", *blocks))
    for form in ("plain", "html"):
        assert said(message, form).count("##-") == 1


def test_the_same_message_is_the_same_octets_at_every_try():
    one = outbound(attachments=(PICTURE,), document=document("Hi", words("x", "<p>é</p>")))
    assert to_bytes(one, domain="acme.example") == to_bytes(one, domain="acme.example")


@pytest.mark.parametrize(
    "text", ["", "é" * 5000, "x" * 5000, "日本語\n" * 50, "a\r\nb\rc\nd", "x\n" * 3]
)
def test_whatever_the_text_the_mail_is_seven_bit_in_short_lines(text):
    data = to_bytes(outbound(document=document("Hi", words(text))), domain="acme.example")
    assert data.isascii()
    assert max(map(len, data.split(b"\r\n"))) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")
    assert b"\r" not in data.replace(b"\r\n", b"")
    content = said(parsed(data), "plain")
    assert content.rstrip("\n") == text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n")


EVIL = "x\r\nX-Evil: 1\r\n\r\n<script>\x00\x0b\u2028\x85 y"


@pytest.mark.parametrize(
    "changes",
    [
        {"document": document(EVIL)},
        {"sender": Party(address="support@acme.example", name=EVIL)},
        {"to": Party(address="ada@example.org", name=EVIL)},
        {"shown_to": (Party(address="ada@example.org", name=EVIL),)},
        {"shown_cc": (Party(address="ada@example.org", name=EVIL),)},
        {"message_id": EVIL},
        {"message_id": "a@b>\r\nX-Evil: 1"},
        {"thread": (f"mail:{EVIL}", "mail:a@b\nX-Evil: 1", "mail:c@d\r\n")},
        {"mark": EVIL},
        {"language": "en\r\nX-Evil: 1"},
        {"attachments": (Attachment(name=EVIL, type="image/png", data=b""),)},
        {"attachments": (Attachment(name="x", type=EVIL, data=b""),)},
        {"attachments": (Attachment(name="x", type="image/png", data=b"", cid=EVIL),)},
        {"document": document("x", words("hello\r\nX-Evil: 1\r\n"))},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_field_can_add_a_header(changes):
    message = built(**changes)
    plain = built()
    extra = {"Cc", "In-Reply-To", "References", "X-Helpdesk-Mark", "Content-Type"}
    assert set(message.keys()) - extra <= set(plain.keys()) | {"Content-Transfer-Encoding"}
    for part in message.walk():
        assert part["X-Evil"] is None
        assert not any("\n" in str(v) or "\x00" in str(v) for v in part.values())


@pytest.mark.parametrize(
    "changes",
    [
        {"to": Party(address="ada@example.org\r\nBcc: eve@example.org")},
        {"to": Party(address="ada@example.org\x00")},
        {"to": Party(address="ada")},
        {"sender": Party(address="support@acme.example\nX: y")},
        {"reply_to": "support@acme.example\r\nX: y"},
        {"shown_to": (Party(address="ada@example.org\rX: y"),)},
        {"shown_cc": (Party(address="ada@example.org\nX: y"),)},
    ],
)
def test_an_address_with_a_line_break_is_refused(changes):
    with pytest.raises(PermanentError, match="address"):
        built(**changes)


def test_people_shown_who_have_no_mail_address_are_left_out():
    shown = (Party(address="undisclosed-recipients:;"), Party(address="a b@c"))
    message = built(shown_to=shown, shown_cc=shown)
    assert message["To"] == "undisclosed-recipients:;"
    assert message["Cc"] is None


def test_without_smtputf8_a_shown_local_part_beyond_ascii_is_left_out():
    one = outbound(shown_cc=(Party(address="añá@example.org"), Party(address="bob@example.org")))
    assert "añá@example.org".encode() in to_bytes(one, domain="acme.example")
    message = parsed(to_bytes(one, domain="acme.example", utf8=False))
    assert message["Cc"] == "bob@example.org"


def test_a_domain_beyond_ascii_is_written_as_idna():
    message = built(to=Party(address="ada@exámple.org"))
    assert message["To"] == "ada@xn--exmple-qta.org"


@pytest.mark.parametrize("name", ["", "Ada"])
@pytest.mark.parametrize("address", ["a..b@example.org", '"a b"@example.org', ".a@example.org"])
def test_an_odd_local_part_is_quoted(address, name):
    data = to_bytes(outbound(to=Party(address=address, name=name)), domain="acme.example")
    local = address.rpartition("@")[0].strip('"')
    assert f'"{local}"@example.org'.encode() in data
    assert parsed(data)["To"].defects == ()


NAMES = [
    'Ada "the Countess", Byron',
    "Byron, Ada",
    "=?utf-8?q?not_me?=",
    "a =?utf-8?b?eA==?= b",
    "back\\slash",
    "(comment)",
    "ada@example.org",
    "x" * 199,
    "word " * 39,
    "שלום עולם",
    "🔥" * 100,
    "Ада, Байрон" * 10,
    "e\u0301" * 90,
]


@pytest.mark.parametrize("name", NAMES)
def test_names_come_back_as_they_were(name):
    them = (Party(address="a@b.example", name=name), Party(address="c@d.example", name=name))
    expected = " ".join(name.split())
    assert people("To", shown_to=them) == [(expected, "a@b.example"), (expected, "c@d.example")]


def norm(text: str) -> str:
    kept = "".join(c if c.isprintable() or ord(c) > 0xA0 else " " for c in text)
    return " ".join(kept.replace("\u2028", " ").replace("\u2029", " ").split())


ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=150)


@given(ANY_TEXT)
def test_any_subject_comes_back(subject):
    assert built(document=document(subject))["Subject"] == norm(subject)


def test_a_subject_that_looks_encoded_is_shown_as_it_was_written():
    said = "=?utf-8?q?free_=0Abeer?= and more"
    assert built(document=document(said))["Subject"] == said


@given(ANY_TEXT)
def test_any_name_comes_back(name):
    them = Party(address="ada@example.org", name=name)
    assert people("To", to=them) == [(norm(name), "ada@example.org")]


@given(st.text(max_size=170), st.text(max_size=20))
@example(name="", kind="0/0")  # a type for which the standard library has no reader
def test_any_file_name_and_type_give_a_readable_part(name, kind):
    file = Attachment(name=name, type=kind, data=b"x")
    (part,) = built(attachments=(file,)).iter_attachments()
    assert part.get_payload(decode=True) == b"x"
    assert part.get_filename()


def test_a_file_name_beyond_ascii_is_written_by_rfc_2231():
    name = "Año nuevo “final”, ñ" * 4 + ".pdf"
    data = to_bytes(
        outbound(attachments=(Attachment(name=name, type="application/pdf", data=b""),)),
        domain="acme.example",
    )
    assert b"filename*0*=utf-8''A%C3%B1o" in data
    (part,) = parsed(data).iter_attachments()
    assert part.get_filename() == name


def test_a_subject_of_a_megabyte_ends_with_an_ellipsis():
    message = built(document=document("word " * 200_000))
    assert message["Subject"].startswith("word word")
    assert message["Subject"].endswith("…")
    assert len(message["Subject"]) <= 900


def test_lone_surrogates_and_control_characters_lose_no_mail():
    message = built(
        document=document("a\ud800b", words("x\x00y\ud800z\x1b[31m", "<p>\x00a\ud800</p>"))
    )
    assert message["Subject"] == "a b"
    assert said(message, "plain") == "xyz[31m\n"
