"""What counts as "it is solved", in every language of the desk, and what does not."""

import pytest

from gateway.core.solved import NOT_SOLVED, SOLVED, says_solved


@pytest.mark.parametrize(
    "text",
    [
        *(word for words in SOLVED.values() for word in words),
        *(words[0].capitalize() + "!" for words in SOLVED.values()),
        '"solved"',
        "Solved, thanks!",
        "Yes, it's solved. Thank you so much, Bea.",
        "It is fixed now",
        "Sí, está resuelto. ¡Gracias!",
        "Resuelto.\n\nUn saludo,\nAda",
        "Sì, è risolto, grazie mille",
        "Oui, c'est résolu, merci",
        "Ja, es ist gelöst. Danke",
        "Das Problem ist behoben",
        "Sim, foi resolvido, obrigada",
    ],
)
def test_solved(text):
    assert says_solved(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks!",
        *NOT_SOLVED.values(),
        *(words.capitalize() + "." for words in NOT_SOLVED.values()),
        "Unsolved",
        "Not solved, thanks",
        "It isn't solved",
        "Solved? I do not think so",
        "Is it solved",
        "Solved, but the other printer burns",
        "Solved for tray 1",
        "No está resuelto",
        "Aún no resuelto",
        "Non è risolto",
        "Ce n'est pas résolu",
        "Es ist noch nicht gelöst",
        "Ainda não resolvido",
        "Solved, please call me",
        "Resuelto, por favor envíe la factura",
        "I wonder when it will be solved",
        "Please tell me once it has been solved",
        "solved " * 30,
    ],
)
def test_not_solved(text):
    assert not says_solved(text)


def test_a_file_is_to_be_looked_at():
    assert not says_solved("solved", attachments=1)
