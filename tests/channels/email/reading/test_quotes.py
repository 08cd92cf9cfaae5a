import pytest

from gateway.channels.email.reading.forwards import inline_forward
from gateway.channels.email.reading.texts import written
from tests.channels.email.reading.kit import plain, read

OWN = "Hello there,\n\nyes please."

ATTRIBUTIONS = [
    "On Mon, Oct 5, 2020 at 10:00 AM Bob Smith <bob@example.com> wrote:",
    "On Mon, Oct 5, 2020 at 10:00 AM Bob Smith\n<bob@example.com> wrote:",
    "On 5 Oct 2020, at 10:00, Bob Smith <bob@example.com> wrote:",
    "On 10/5/20 10:00 AM, Bob Smith wrote:",
    "El lun, 5 oct 2020 a las 10:00, Bob Smith (<bob@example.com>) escribió:",
    "Il giorno lun 5 ott 2020 alle ore 10:00 Bob Smith <bob@example.com> ha\nscritto:",
    "Le lun. 5 oct. 2020 à 10:00, Bob Smith <bob@example.com> a écrit :",
    "Am Mo., 5. Okt. 2020 um 10:00 Uhr schrieb Bob Smith <bob@example.com>:",
    "Am 05.10.20 um 10:00 schrieb Bob Smith:",
    "Em seg., 5 de out. de 2020 às 10:00, Bob Smith <bob@example.com>\nescreveu:",
    "Op ma 5 okt. 2020 om 10:00 schreef Bob Smith <bob@example.com>:",
    "pon., 5 paź 2020 o 10:00 Bob Smith <bob@example.com> napisał(a):",
    "пн, 5 окт. 2020 г. в 10:00, Bob Smith <bob@example.com>:",
    "5 октября 2020, 10:00, Bob Smith <bob@example.com> написал:",
    "Den mån 5 okt. 2020 kl 10:00 skrev Bob Smith <bob@example.com>:",
    "Den man. 5. okt. 2020 kl. 10.00 skrev Bob Smith <bob@example.com>:",
    "man. 5. okt. 2020 kl. 10:00 skrev Bob Smith <bob@example.com>:",
    "ma 5. lokak. 2020 klo 10.00 Bob Smith (bob@example.com) kirjoitti:",
    "po 5. 10. 2020 v 10:00 odesílatel Bob Smith <bob@example.com> napsal:",
    "Bob Smith <bob@example.com> ezt írta (időpont: 2020. okt. 5., H, 10:00):",
    "Bob Smith <bob@example.com>, 5 Eki 2020 Pzt, 10:00 tarihinde şunu\nyazdı:",
    "Bob Smith <bob@example.com> 于2020年10月5日周一 上午10:00写道：",
    "在 2020年10月5日，10:00，Bob Smith <bob@example.com> 写道：",
    "2020年10月5日(月) 10:00 Bob Smith <bob@example.com>:",
    "2020/10/05 10:00、Bob Smith <bob@example.com>のメール:",
]

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


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
@pytest.mark.parametrize("quote", ["> Old words\n>\n> more", "Old words\n\nmore"])
def test_history_below_an_attribution_is_left_out(attribution: str, quote: str):
    assert written(f"{OWN}\n\n{attribution}\n\n{quote}\n") == OWN


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


KEPT = {
    "a promise with a colon": "On Monday at 10:00 I wrote to you:\nnobody answered.\nPlease do.",
    "a traveller's form": "Book me this:\n\nFrom: Madrid\nTo: Paris\nDate: 5 May\n\nThanks, Ada",
    "a list with dashes": "Two things:\n\n-----\n- paper\n- ink\n-----\n\nThanks",
    "a sign in a shell line": "I typed\n\n  cat a | b > c\n\nand it broke.",
    "words below an unmarked history": (
        "On Tue, 27 Aug 2002 10:15 Jay <jay@example.com> wrote:\n\nOil is finite.\n\nNo, it is not."
    ),
    "words between lines marked otherwise": (
        "Hi.\n\nOn Fri, 20 Sep 2002 10:40, Matt <m@example.com> wrote:\n\n"
        "# It is late.\n\nYes, it is."
    ),
    "an answer between quotes": "Hi Bob,\n\n> Which one?\n\nThe old one.\n\n> And where?\n\nThere.",
    "one quote being answered": "Hello,\n\n> Which one?\n\nThe old one.",
}


@pytest.mark.parametrize("text", KEPT.values(), ids=KEPT.keys())
def test_in_doubt_words_are_kept(text: str):
    assert written(text) == text


def test_several_quotes_with_answers_stay_without_the_attribution():
    text = "Bob wrote:\n> one?\n\nYes.\n\n> two?\n\nNo.\n\n> Regards, Bob\n"
    assert written(text) == "> one?\n\nYes.\n\n> two?\n\nNo."


def test_text_that_is_all_quoted_is_empty():
    assert written("On 5 Oct 2020 at 10:00 Bob <b@example.com> wrote:\n> a\n> b\n") == ""


@pytest.mark.parametrize(
    "below",
    [
        "-- \nAda Byron\nAnalytical Engines",
        "Sent from my iPhone",
        "Von meinem iPhone gesendet",
        "Enviado desde mi iPhone",
        "Get Outlook for iOS<https://aka.ms/o0ukef>",
        "iPhoneから送信",
        "发自我的iPhone",
        "CONFIDENTIALITY NOTICE: this e-mail is intended only for the recipient. If you got it in"
        " error, notify the sender and delete it. Disclosure is prohibited.",
        "_" * 47 + "\nUsers mailing list\nUsers@lists.example.org",
    ],
)
def test_what_a_program_added_below_is_left_out(below: str):
    assert written(f"{OWN}\n\n{below}\n") == OWN


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization. Do not click.",
        "[EXTERNAL]",
        "ACHTUNG: Diese E-Mail stammt von einem externen Absender.",
    ],
)
def test_warning_of_a_server_above_the_words_is_left_out(banner: str):
    assert written(f"{banner}\n\n{OWN}\n") == OWN


def test_this_message_was_meant_for_bob_is_no_legal_notice():
    text = "Hi,\n\nThis message was meant for Bob, please hand it on, I could not find his address."
    assert written(text) == text


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


HTML_REPLIES = {
    "thunderbird": '<p>{own}</p><div class="moz-cite-prefix">Am 5.1. schrieb Bea:<br></div>'
    '<blockquote type="cite"><p>Old words</p></blockquote>',
    "gmail": '<div>{own}</div><div class="gmail_quote"><div class="gmail_attr">qwerty<br></div>'
    '<blockquote class="gmail_quote">Old words</blockquote></div>',
    "apple": '<div>{own}</div><blockquote type="cite">'
    "<div>On 5 Jan 2026, at 10:00, Bea wrote:</div>"
    "<div>Old words</div></blockquote>",
    "outlook": '<p class="MsoNormal">{own}</p>'
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt">'
    '<p class="MsoNormal"><b>From:</b> Bea &lt;b@acme.example&gt;<br><b>Sent:</b> Monday<br>'
    "<b>To:</b> Ada<br><b>Subject:</b> x</p></div><p>Old words</p>",
    "outlook web": '<div>{own}</div><hr><div id="divRplyFwdMsg"><b>Von:</b> '
    "Bea &lt;b@acme.example&gt;"
    "<br><b>Gesendet:</b> Montag<br><b>An:</b> Ada<br><b>Betreff:</b> x</div><div>Old words</div>",
    "yandex": "<p>{own}</p><p>05.01.2026, 10:00, &quot;Bea&quot; &lt;b@acme.example&gt;:</p>"
    "<blockquote>Old words</blockquote>",
}


@pytest.mark.parametrize("markup", HTML_REPLIES.values(), ids=HTML_REPLIES.keys())
def test_history_in_html_is_left_out(markup: str):
    body = markup.format(own="Yes please.")
    message = read(f"From: a@example.org\nContent-Type: text/html; charset=utf-8\n\n{body}")
    assert message.text == "Yes please."
    assert "Old words" in message.full_text


def test_indented_words_in_html_are_no_quotation():
    message = read(
        "From: a@example.org\nContent-Type: text/html\n\n"
        '<p>See:</p><blockquote style="margin:0 0 0 40px">my own words</blockquote>'
    )
    assert "my own words" in message.text
