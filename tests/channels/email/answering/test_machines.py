"""What an agent's client or server answers by itself is never the agent's public answer."""

import pytest

from gateway.core.changes import NoticeKind
from tests.channels.email.answering.notices import notice
from tests.channels.email.reading.kit import read
from tests.core.kit import ADA, BEA

_CALENDAR = (
    "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\n{text}\n"
    "--b\nContent-Type: text/calendar; method={method}; charset=utf-8\n\n"
    "BEGIN:VCALENDAR\nMETHOD:{method}\nBEGIN:VEVENT\nUID:1\nSUMMARY:Printer on fire\n"
    "END:VEVENT\nEND:VCALENDAR\n--b--\n"
)
_RECEIPT = (
    "Content-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
    "--b\n"
    "Content-Type: text/plain\n\nYour message was read.\n--b\n"
    "Content-Type: message/disposition-notification\n\n"
    "Disposition: manual-action; displayed\n--b--\n"
)
_PLAIN = "Content-Type: text/plain; charset=utf-8\n\n"
# Subject, further header lines and body, as the client or server of an agent writes them.
FORMS = {
    "exchange, away": (
        "Automatic reply: Printer on fire",
        "Auto-Submitted: auto-generated\nX-Auto-Response-Suppress: All\n"
        + _PLAIN
        + "I am out of the office until Monday.",
    ),
    "gmail, away": (
        "Out of office Re: Printer on fire",
        "Auto-Submitted: auto-replied\nPrecedence: bulk\nX-Autoreply: yes\n"
        + _PLAIN
        + "Back soon.",
    ),
    "sieve, away": (
        "Auto: Printer on fire",
        "Auto-Submitted: auto-replied (vacation)\n" + _PLAIN + "Back soon.",
    ),
    "no header, away, en": ("Out of Office: Printer on fire", _PLAIN + "I am away until Monday."),
    "no header, away, de": ("Abwesenheitsnotiz: Printer on fire", _PLAIN + "Ich bin im Urlaub."),
    "no header, away, es": ("Respuesta automática: Printer on fire", _PLAIN + "Estoy fuera."),
    "no header, away, it": ("Risposta automatica: Printer on fire", _PLAIN + "Sono in ferie."),
    "no header, away, fr": ("Réponse automatique : Printer on fire", _PLAIN + "Absent du bureau."),
    "receipt": ("Read: Printer on fire", _RECEIPT),
    "receipt in words, en": ("Read: Printer on fire", _PLAIN + "Your message was read."),
    "receipt in words, de": ("Gelesen: Printer on fire", _PLAIN + "Ihre Nachricht wurde gelesen."),
    "receipt in words, es": ("Leído: Printer on fire", _PLAIN + "Su mensaje se leyó."),
    "not read": (
        "Not read: Printer on fire",
        _PLAIN + "Your message\n\nwas deleted without being read on Monday.",
    ),
    "recall, en": (
        "Recall: Printer on fire",
        _PLAIN + 'Bea Ruiz would like to recall the message, "Printer on fire".',
    ),
    "recall, de": (
        "Rückruf: Printer on fire",
        _PLAIN + 'Bea Ruiz möchte die Nachricht "Printer on fire" zurückrufen.',
    ),
    "recall, fr": (
        "Rappel : Printer on fire",
        _PLAIN + "Bea Ruiz souhaite rappeler le message « Printer on fire ».",
    ),
    "recall, es": (
        "Recuperar: Printer on fire",
        _PLAIN + 'Bea Ruiz desea recuperar el mensaje "Printer on fire".',
    ),
    "recall, it": (
        "Richiamo: Printer on fire",
        _PLAIN + 'Bea Ruiz desidera richiamare il messaggio "Printer on fire".',
    ),
    "recall, pt": (
        "Recuperar: Printer on fire",
        _PLAIN + 'Bea Ruiz gostaria de recuperar a mensagem "Printer on fire".',
    ),
    "recall, nl": (
        "Intrekken: Printer on fire",
        _PLAIN + 'Bea Ruiz wil het bericht "Printer on fire" intrekken.',
    ),
    "recall, its result": (
        "Message Recall Success: Printer on fire",
        _PLAIN + "Your message\n\nSubject: Printer on fire\n\nwas recalled successfully on Monday.",
    ),
    "accepted": ("Accepted: Printer on fire", _CALENDAR.format(text="", method="REPLY")),
    "accepted with words": (
        "Aceptado: Printer on fire",
        _CALENDAR.format(text="Bea ha aceptado esta invitación.", method="REPLY"),
    ),
    "declined": ("Abgelehnt: Printer on fire", _CALENDAR.format(text="", method="REPLY")),
    "another time": ("New Time Proposed: Printer", _CALENDAR.format(text="", method="COUNTER")),
    "calendar alone": (
        "Tentative: Printer on fire",
        "Content-Type: text/calendar; method=REPLY\n\n"
        "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR\n",
    ),
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
@pytest.mark.parametrize("answers", [True, False])
def test_it_is_never_public(form: tuple[str, str], answers: bool):
    told = notice("new ticket")
    subject, rest = form
    key = told.out.key.removeprefix("mail:")
    refers = f"In-Reply-To: <{key}>\n" if answers else ""
    raw = (
        f"From: Bea Ruiz <{BEA.email}>\nTo: <{told.out.reply_to}>\nSubject: {subject}\n"
        f"Message-ID: <answer@acme.example>\n{refers}{rest}"
    )
    message = read(raw, {"from": BEA.email, "to": [told.out.reply_to or ""]})
    world = told.world
    world.answer(
        BEA,
        told.out,
        message.text,
        full_text=message.full_text,
        subject=message.subject,
        automatic=message.automatic,
        attachments=message.attachments,
    )
    assert world.got(ADA, NoticeKind.ANSWER) == []
    assert world.tickets[7].assignee is None
