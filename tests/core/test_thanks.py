"""What is a bare thanks, in several languages, and what only looks like one."""

import pytest

from gateway.core.thanks import is_bare_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Thanks!",
        "Thank you so much, Bea.",
        "thx",
        "Great, it works. Thanks a lot!",
        "¡Muchas gracias!",
        "Mil gracias, Bea. Un saludo",
        "Grazie mille!",
        "Perfetto, grazie.",
        "Vielen Dank!",
        "Danke schön, alles gut",
        "Merci beaucoup",
        "Thanks 👍",
    ],
)
def test_bare(text):
    assert is_bare_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "It works.",
        # a question
        "Thanks! And the other printer?",
        "Gracias. ¿Y la otra?",
        "谢谢 好吗？",
        # a negation, in each language
        "Thanks, but it does not work",
        "Thanks, it doesn't print",
        "Thanks, it doesn’t print",
        "Thank you, it is still broken",
        "Gracias, pero sigue igual",
        "Gracias, no funciona",
        "Gracias, todavía falla",
        "Gracias, sin cambios",
        "Grazie, ma non va",
        "Grazie, ancora rotto",
        "Grazie, purtroppo è uguale",
        "Danke, geht aber nicht",
        "Danke, leider wie vorher",
        "Vielen Dank, noch immer kaputt",
        "Merci, mais ça bloque",
        # a number
        "Thanks. Call me on 555 123",
        "Gracias, el pedido 12",
        "thanks x10",
        # long
        "Thanks " + "very " * 40,
    ],
)
def test_not_bare(text):
    assert not is_bare_thanks(text)


def test_something_attached_is_more_than_thanks():
    assert not is_bare_thanks("Thanks!", attachments=1)
