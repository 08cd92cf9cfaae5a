import pytest

from gateway.channels.email.reading.forwards import inline_forward
from gateway.channels.email.reading.texts import written
from tests.channels.email.reading.kit import plain, read

OWN = "Hello there,\n\nyes please."

# From, date, to, subject
LABELS = [
    ("From", "Sent", "To", "Subject"),
    ("De", "Enviado el", "Para", "Asunto"),
    ("Da", "Inviato", "A", "Oggetto"),
    ("De ", "Envoyé ", "À ", "Objet "),
    ("Von", "Gesendet", "An", "Betreff"),
    ("De", "Enviado", "Para", "Assunto"),
    ("Van", "Verzonden", "Aan", "Onderwerp"),
    ("Od", "Wysłano", "Do", "Temat"),
    ("От", "Отправлено", "Кому", "Тема"),
    ("Från", "Skickat", "Till", "Ämne"),
    ("Fra", "Sendt", "Til", "Emne"),
    ("Lähettäjä", "Lähetetty", "Vastaanottaja", "Aihe"),
    ("Od", "Odesláno", "Komu", "Předmět"),
    ("Feladó", "Elküldve", "Címzett", "Tárgy"),
    ("Kimden", "Gönderildi", "Kime", "Konu"),
    ("发件人", "发送时间", "收件人", "主题"),
    ("差出人", "送信日時", "宛先", "件名"),
]

FORWARD_BANNERS = [
    "---------- Forwarded message ---------",
    "-------- Forwarded Message --------",
    "---------- Weitergeleitete Nachricht ----------",
    "---------- Mensaje reenviado ----------",
    "---------- Message transféré ----------",
    "---------- Messaggio inoltrato ----------",
    "---------- Mensagem encaminhada ----------",
    "---------- Doorgestuurd bericht ----------",
    "---------- Wiadomość przekazana dalej ----------",
    "-------- Пересылаемое сообщение --------",
    "---------- Vidarebefordrat meddelande ----------",
    "---------- Videresendt meddelelse ----------",
    "---------- Välitetty viesti ----------",
    "---------- Přeposlaná zpráva ----------",
    "---------- Továbbított üzenet ----------",
    "---------- Yönlendirilmiş ileti ----------",
    "---------- 转发的邮件 ----------",
    "---------- 転送メッセージ ----------",
    "Begin forwarded message:",
    "Anfang der weitergeleiteten Nachricht:",
    "Début du message transféré :",
    "Inizio messaggio inoltrato:",
    "下面是被转发的邮件：",
]


def block(labels: tuple[str, str, str, str], mark: str = "") -> str:
    sender, date, to, subject = (f"{mark}{label}:{mark}" for label in labels)
    return (
        f"{sender} Bob Smith <bob@example.com>\n{date} Monday, October 5, 2020 10:00\n"
        f"{to} Ada <ada@example.org>\n{subject} Something\n"
    )


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: labels[0])
@pytest.mark.parametrize("above", ["", "_" * 32 + "\n", "-----Original Message-----\n"])
@pytest.mark.parametrize("mark", ["", "*"])
def test_history_below_header_lines_is_left_out(
    labels: tuple[str, str, str, str], above: str, mark: str
):
    assert written(f"{OWN}\n\n{above}{block(labels, mark)}\nOld words\n") == OWN


@pytest.mark.parametrize("labels", LABELS, ids=lambda labels: labels[0])
def test_header_lines_in_a_forward_say_whose_words_follow(labels: tuple[str, str, str, str]):
    text = f"Please look.\n\n{block(labels)}\nThe printer burns.\n"
    found = inline_forward(text, "FW: Something", answers=False)
    assert found is not None
    assert (found.author.address, found.author.name) == ("bob@example.com", "Bob Smith")
    assert (found.subject, found.full_text) == ("Something", "The printer burns.")
    assert found.comment == "Please look."


@pytest.mark.parametrize("banner", FORWARD_BANNERS)
def test_forward_banner_is_known(banner: str):
    text = f"Please look.\n\n{banner}\n{block(LABELS[0])}\nThe printer burns.\n"
    found = inline_forward(text, "anything", answers=True)
    assert found is not None
    assert (found.comment, found.text) == ("Please look.", "The printer burns.")
    assert "The printer burns." in written(text)


def test_several_quotes_with_answers_stay_without_the_attribution():
    text = "Bob wrote:\n> one?\n\nYes.\n\n> two?\n\nNo.\n\n> Regards, Bob\n"
    assert written(text) == "> one?\n\nYes.\n\n> two?\n\nNo."


def test_text_that_is_all_quoted_is_empty():
    assert written("On 5 Oct 2020 at 10:00 Bob <b@example.com> wrote:\n> a\n> b\n") == ""


@pytest.mark.parametrize("before", ["", "> ", ">> "])
def test_everything_from_our_mark_on_goes(before: str):
    text = f"Done.\n\nAcme <s@acme.example> wrote:\n{before}##- reply above this line -##\nsecret\n"
    assert written(text) == "Done."


def test_our_mark_is_seen_though_the_client_wrapped_it():
    text = (
        "Done.\n\n> ##- Your reply above this line goes to Ada Byron\n> <ada@x.org>. -##\n> secret"
    )
    assert written(text) == "Done."


def test_our_mark_counts_in_a_mail_too_long_to_be_a_letter():
    text = "x\n" * 600_000 + "##- reply above this line -##\nsecret\n"
    assert "secret" not in written(text)


def test_words_of_a_forward_stay_in_the_text():
    message = plain(
        f"See below.\n\n{block(LABELS[0])}\nThe printer burns.\n\n> it does\n", "Subject: FW: x"
    )
    assert "The printer burns." in message.text
    assert "> it does" in message.text


def test_indented_words_in_html_are_no_quotation():
    message = read(
        "From: a@example.org\nContent-Type: text/html\n\n"
        '<p>See:</p><blockquote style="margin:0 0 0 40px">my own words</blockquote>'
    )
    assert "my own words" in message.text


@pytest.mark.parametrize("day", ["Mo.", "Di.", "Mi.", "Do.", "Fr.", "Sa.", "So."])
def test_history_goes_on_every_day_of_the_week(day: str):
    """On Wednesdays a German attribution spoke of its writer: "mi" is "my" in Spanish."""
    when = f"Am {day}, 5. Feb. 2026 um 17:58 Uhr schrieb Acme Support"
    for line in (f"{when} <support@acme.example>:", f"{when}\n<support@acme.example>:"):
        assert plain(f"Danke!\n\n{line}\n\n> Alte Worte\n> und mehr\n").text == "Danke!"
        assert plain(f"Danke!\n\n{line.replace('.,', '')}\n\n> Alte Worte\n").text == "Danke!"


def test_my_colleague_is_still_the_writers_own():
    words = "El lunes 5 de enero de 2026 a las 10:00 mi colega escribió:\nque no funciona."
    assert plain(words).text == words


@pytest.mark.parametrize("name", ["Mir Khan", "Jag Singh", "Mi Li", "We Fix It", "Я Мы", "Me"])
def test_names_that_mean_me_are_names(name: str):
    line = f"On Mon, 5 Jan 2026 at 10:00, {name} <support@acme.example> wrote:"
    assert plain(f"Thanks!\n\n{line}\n\n> Old words\n> and more\n").text == "Thanks!"


@pytest.mark.parametrize(
    "words",
    [
        "On Monday, 5 Jan 2026 at 10:00 I wrote to Ada <ada@example.org>:",
        "Am 5.1.2026 um 10:00 schrieb mir Ada Byron <ada@example.org>:",
        "Le 5 janvier 2026 à 10:00 je vous ai écrit, à Ada <ada@example.org> :",
    ],
)
def test_a_sentence_with_somebodys_address_is_the_writers_own(words: str):
    assert plain(f"{words}\nnothing works.").text == f"{words}\nnothing works."
