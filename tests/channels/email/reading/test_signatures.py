"""What counts as a signature, and what does not: see also the tables in ``replies/``."""

from gateway.channels.email.reading.texts import written
from tests.channels.email.reading.kit import read


def html(body: str) -> str:
    head = "From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n"
    return read(head + body).text


def test_a_signature_of_html_that_holds_the_letter_stays():
    assert html('<div id="Signature"><p>The printer burns.</p></div>') == "The printer burns."


def test_a_signature_of_html_around_a_quotation_hides_no_words():
    body = (
        '<div id="AppleMailSignature"><p>Yes.</p>'
        '<blockquote type="cite">Which one?</blockquote><p>The old one.</p></div>'
    )
    assert html(f"<p>Hello,</p>{body}").endswith("The old one.")


def test_the_link_that_ends_a_letter_is_the_writers():
    text = "It is here:\n\nhttps://example.org/plan"
    assert written(text) == text


def test_one_word_and_a_signature_are_one_word():
    assert written("Yes\n\n-- \nAda\n") == "Yes"
    assert written("Thanks!\n\nSent from my iPhone\n") == "Thanks!"


def test_what_is_below_a_greeting_alone_is_the_letter():
    text = "Dear Ms Ruiz,\n\n-- \nthe printer is broken again"
    assert written(text) == text


def test_a_signature_alone_is_kept():
    assert written("Sent from my iPhone") == "Sent from my iPhone"
