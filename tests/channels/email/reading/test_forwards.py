"""Whose mail was passed on, by which client and in which language; and what was said above it."""

# ruff: noqa: E501
import pytest

from gateway.channels.email.reading.forwards import inline_forward
from gateway.channels.email.reading.texts import written
from tests.channels.email.reading.kit import read
from tests.channels.email.reading.replies.blocks import BLOCKS

PREFIXES = {
    "en": "Fwd:", "es": "RV:", "it": "I:", "fr": "TR:", "de": "WG:", "pt": "ENC:", "nl": "FW:",
    "pl": "PD:", "ru": "Fwd:", "uk": "FW:", "sv": "VB:", "da": "VS:", "no": "VS:", "fi": "VL:",
    "cs": "FW:", "hu": "Továbbítás:", "tr": "İLT:", "zh": "转发:", "ja": "転送:", "ko": "전달:",
    "ro": "FW:", "el": "ΠΡΘ:", "ar": "FW:", "he": "FW:",
}  # fmt: skip
WORDS = "The printer burns.\n\nOn Mon, Oct 5, 2020 at 9:00 AM Carl <carl@example.com> wrote:\n> Old"
NAMED = [
    row for row in BLOCKS if "\n" in row[2] and "bob@" in row[2] and not row[2].endswith("wrote:")
]
OF_ONE_FORM = [row for row in NAMED if row[0] != "em client"]  # its labels have no colon
FORMS = {
    "gmail": "---------- Forwarded message ---------\nFrom: Bob Smith <bob@example.com>\n"
    "Date: Mon, Oct 5, 2020 at 10:00 AM\nSubject: Something\nTo: Ada <ada@example.org>\n\n\n{words}",
    "gmail, from the dative": "---------- Forwarded message ---------\n"
    "Von: Bob Smith <bob@example.com>\nDate: Mo., 5. Okt. 2020 um 10:00 Uhr\nSubject: Something\n"
    "To: Ada <ada@example.org>\n\n\n{words}",
    "apple": "Begin forwarded message:\n\nFrom: Bob Smith <bob@example.com>\nSubject: Something\n"
    "Date: 5 October 2020 at 10:00:00 CEST\nTo: Ada <ada@example.org>\n\n{words}",
    "apple, cited": "Begin forwarded message:\n\n> From: Bob Smith <bob@example.com>\n"
    "> Subject: Something\n> Date: 5 October 2020 at 10:00:00 CEST\n"
    "> To: Ada <ada@example.org>\n> \n{cited}",
    "apple, bold": "Anfang der weitergeleiteten Nachricht:\n\n*Von: *Bob Smith <bob@example.com>\n"
    "*Betreff: **Something*\n*Datum: *5. Oktober 2020 um 10:00:00 MESZ\n*An: *Ada\n\n{words}",
    "thunderbird": "-------- Forwarded Message --------\nSubject: \tSomething\n"
    "Date: \tMon, 5 Oct 2020 10:00:00 +0200\nFrom: \tBob Smith <bob@example.com>\n"
    "To: \tada@example.org\n\n\n\n{words}",
    "yahoo": "  ----- Forwarded Message ----- From: Bob Smith <bob@example.com>To: Ada\n"
    "From: Bob Smith <bob@example.com>\nTo: Ada <ada@example.org>\n"
    "Sent: Monday, October 5, 2020, 10:00:00 AM UTC\nSubject: Something\n\n{words}",
    "gmx": "Gesendet: Montag, 05. Oktober 2020 um 10:00 Uhr\n"
    'Von: "Bob Smith" <bob@example.com>\nAn: ada@example.org\nBetreff: Something\n\n{words}',
    "mutt": "----- Forwarded message from Bob Smith <bob@example.com> -----\n\n"
    "Date: Mon, 5 Oct 2020 10:00:00 +0200\nFrom: Bob Smith <bob@example.com>\n"
    "To: ada@example.org\nSubject: Something\n\n{words}",
    "mailto": "-----Original Message-----\nFrom: Bob Smith [mailto:bob@example.com]\n"
    "Sent: Monday, October 5, 2020 10:00 AM\nTo: Ada\nSubject: Something\n\n{words}",
    "address alone": "________________________________\nFrom: bob@example.com <bob@example.com>\n"
    "Sent: Monday, October 5, 2020 10:00 AM\nTo: Ada\nSubject: Something\n\n{words}",
}
MARKUP = {
    "gmail": '<div dir="ltr">Please look.</div><br><div class="gmail_quote"><div class="gmail_attr">'
    "---------- Forwarded message ---------<br>From: <strong>Bob Smith</strong> <span>&lt;<a "
    'href="mailto:bob@example.com">bob@example.com</a>&gt;</span><br>Date: Mon, Oct 5, 2020 at '
    "10:00 AM<br>Subject: Something<br>To: Ada<br></div><br><br><div>The printer burns.</div></div>",
    "outlook": '<p class="MsoNormal">Please look.</p><div><div style="border:none;border-top:solid '
    '#E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Bob Smith &lt;bob@example.com&gt;<br>'
    "<b>Sent:</b> Monday, October 5, 2020 10:00<br><b>To:</b> Ada<br><b>Subject:</b> Something</p>"
    '</div></div><p class="MsoNormal">The printer burns.</p>',
    "outlook web": '<div>Please look.</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">'
    "<b>Da:</b> Bob Smith &lt;bob@example.com&gt;<br><b>Inviato:</b> lunedì 5 ottobre 2020 10:00<br>"
    "<b>A:</b> Ada<br><b>Oggetto:</b> Something</div><div>The printer burns.</div>",
    "apple": "<div>Please look.</div><div><br><blockquote type='cite'><div>Begin forwarded message:"
    "</div><br><div><b>From: </b>Bob Smith &lt;bob@example.com&gt;</div><div><b>Subject: </b>"
    "Something</div><div><b>Date: </b>5 October 2020</div><div><b>To: </b>Ada</div><br>"
    "<div>The printer burns.</div></blockquote></div>",
    "thunderbird": '<p>Please look.</p><div class="moz-forward-container">-------- Forwarded Message '
    "--------<table><tr><th>Subject: </th><td>Something</td></tr><tr><th>Date: </th><td>Mon, 5 Oct "
    "2020 10:00:00</td></tr><tr><th>From: </th><td>Bob Smith &lt;bob@example.com&gt;</td></tr><tr>"
    "<th>To: </th><td>Ada</td></tr></table><br><br><p>The printer burns.</p></div>",
    "yahoo": '<div>Please look.</div><div id="yahoo_quoted_1" class="yahoo_quoted"><div>----- '
    "Forwarded Message -----</div><div><b>From:</b> Bob Smith &lt;bob@example.com&gt;</div><div>"
    "<b>To:</b> Ada</div><div><b>Sent:</b> Monday, October 5, 2020</div><div><b>Subject:</b> "
    "Something</div><br><div>The printer burns.</div></div>",
    "gmx": '<div>Please look.</div><div name="quote"><div><b>Gesendet:</b>&nbsp;Montag, 05. Oktober '
    "2020 um 10:00 Uhr<br><b>Von:</b>&nbsp;Bob Smith &lt;bob@example.com&gt;<br><b>An:</b>&nbsp;Ada"
    "<br><b>Betreff:</b>&nbsp;Something</div><br><div>The printer burns.</div></div>",
}


@pytest.mark.parametrize("row", OF_ONE_FORM, ids=lambda row: f"{row[1]} {row[0]}")
def test_header_lines_under_a_subject_of_a_forward(row: tuple[str, str, str]):
    text = f"Please look.\n\n{row[2]}\n\n{WORDS}\n"
    found = inline_forward(text, f"{PREFIXES[row[1]]} Something", answers=False)
    assert found is not None
    assert found.author.address == "bob@example.com"
    assert found.comment == "Please look."
    assert (found.text, found.full_text) == ("The printer burns.", WORDS)
    assert "The printer burns." in written(text, forward=True)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_forms_of_forwards(form: str):
    cited = "\n".join(f"> {line}" for line in WORDS.split("\n"))
    text = f"Please look.\n\n{form.format(words=WORDS, cited=cited)}\n"
    found = inline_forward(text, "Fwd: Something", answers=False)
    assert found is not None
    assert found.author.address == "bob@example.com"
    assert (found.comment, found.subject) == ("Please look.", "Something")
    assert found.text == "The printer burns."


@pytest.mark.parametrize("markup", MARKUP.values(), ids=MARKUP.keys())
def test_forwards_that_are_html_alone(markup: str):
    message = read(
        "From: bea@acme.example\nSubject: Fwd: Something\n"
        f"Content-Type: text/html; charset=utf-8\n\n{markup}"
    )
    assert message.forwarded is not None
    assert message.forwarded.author.address == "bob@example.com"
    assert message.forwarded.author.name == "Bob Smith"
    assert message.forwarded.comment == "Please look."
    assert message.forwarded.text == "The printer burns."
    assert message.forwarded.subject == "Something"


def test_a_subject_that_was_wrapped_and_one_that_was_not():
    head = "---------- Forwarded message ---------\nFrom: bob@example.com\nDate: Mon, 5 Oct 2020\n"
    wrapped = inline_forward(f"{head}Subject: Two\nlines\nTo: a@b.c\n\nText", "x", answers=True)
    tight = inline_forward(f"{head}To: a@b.c\nSubject: One\nText", "x", answers=True)
    assert wrapped is not None
    assert tight is not None
    assert (wrapped.subject, wrapped.full_text) == ("Two lines", "Text")
    assert (tight.subject, tight.full_text) == ("One", "Text")


@pytest.mark.parametrize(
    "head",
    [
        "---------- Forwarded message ----------\nFrom: Bob Smith <bob@example.com>\nSubject: Something",
        "---------- Forwarded message ----------\nSubject: Something\nFrom: bob@example.com",
        "-------- Origineel bericht --------\nOnderwerp: Something\nDatum: Fri, 19 Jun 2009 19:16:04 "
        "+0200\nVan: Bob <bob@example.com>\nAan: to@example.com",
        "-------- Message transféré --------\nSujet :     Something\nDate :  Wed, 11 Nov 2015 12:31:25 "
        "+0100\nDe :    Bob <bob@example.com>\nPour :  Ham <to@example.com>",
        '-----Original Message-----\nFrom: "Bob" <bob@example.com>\n\nDate: Sat, 22 Mar 2008 12:16:06'
        "\nTo:<to@example.com>\n\n\nSubject: Something\n",
    ],
)
def test_header_lines_that_few_clients_write_so(head: str):
    found = inline_forward(f"Please look.\n\n{head}\n\n{WORDS}\n", "Fwd: x", answers=False)
    assert found is not None
    assert (found.author.address, found.subject) == ("bob@example.com", "Something")
    assert (found.comment, found.full_text) == ("Please look.", WORDS)


def test_a_name_without_an_address_is_nobody_who_could_be_answered():
    text = (
        "Please look.\n\nFrom: Smith, Bob\nSent: Monday, October 5, 2020 10:00 AM\nTo: Ada\n"
        "Subject: Something\n\nThe printer burns. Write to me@example.com."
    )
    assert inline_forward(text, "FW: Something", answers=False) is None
    assert "The printer burns." in written(text, forward=True)


def test_commands_in_a_forwarded_mail_are_its_authors_words():
    text = f"Please look.\n\n{BLOCKS[0][2]}\n\n#close\n#note x\n"
    found = inline_forward(text, "FW: Something", answers=False)
    assert found is not None
    assert found.comment == "Please look."


SPOKEN = "Hola, mi impresora no funciona desde ayer y necesito ayuda por favor."


@pytest.mark.parametrize("form", ["gmail", "apple", "thunderbird"])
def test_the_language_of_what_is_forwarded_is_told(form: str):
    words = FORMS[form].format(words=SPOKEN)
    mail = read(
        f"From: bea@acme.example\nSubject: Fwd: x\n\nCould you have a look at this?\n\n{words}"
    )
    assert mail.forwarded is not None
    assert mail.forwarded.language == "es"


def test_the_language_of_an_attached_mail_is_told():
    inner = f"From: Ada <ada@example.org>\nSubject: x\nContent-Language: pt\n\n{SPOKEN}\n"
    mail = read(
        "From: bea@acme.example\nSubject: Fwd: x\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nCould you have a look at this?\n\n'
        f"--b\nContent-Type: message/rfc822\n\n{inner}\n--b--\n"
    )
    assert mail.forwarded is not None
    assert mail.forwarded.language == "pt"
