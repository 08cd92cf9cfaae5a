"""Absence notes that no header gives away, in many languages, and people who write about them."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.channels.email.reading.absence_words import (
    ABSENT,
    CLUES_OF_ABSENCE,
    CLUES_OF_MACHINES,
    MACHINE,
)
from gateway.core.model import Automatic
from tests.channels.email.reading.kit import plain

ANSWERS = "In-Reply-To: <1@acme.example>"

# language: (the title that its programs use, what somebody away has it say)
NOTES = {
    "en": (
        "Automatic reply",
        "Thank you for your message. I am out of the office until Monday, 12 January, with limited"
        " access to email. For urgent matters please contact Bob (bob@example.org). I will reply as"
        " soon as I am back.",
    ),
    "es": (
        "Respuesta automática",
        "Gracias por su mensaje. Estaré fuera de la oficina hasta el lunes 12 de enero. Si es"
        " urgente, contacte con Roberto. Responderé a mi vuelta.",
    ),
    "it": (
        "Risposta automatica",
        "Grazie per la mail. Sono assente fino al 12 gennaio. Per urgenze contattare Roberto."
        " Risponderò al mio rientro.",
    ),
    "fr": (
        "Réponse automatique",
        "Merci de votre message. Je suis absente du bureau jusqu'au 12 janvier. En cas d'urgence,"
        " contactez Robert. Je vous répondrai à mon retour.",
    ),
    "de": (
        "Automatische Antwort",
        "Vielen Dank für Ihre Nachricht. Ich bin bis zum 12. Januar nicht im Büro. In dringenden"
        " Fällen wenden Sie sich an Robert. Ihre E-Mail beantworte ich nach meiner Rückkehr.",
    ),
    "pt": (
        "Resposta automática",
        "Obrigado pela sua mensagem. Estou de férias até 12 de janeiro. Se for urgente, contacte o"
        " Roberto. Responderei quando regressar.",
    ),
    "nl": (
        "Automatisch antwoord",
        "Bedankt voor uw bericht. Ik ben tot 12 januari afwezig. Voor dringende zaken kunt u"
        " contact opnemen met Rob. Ik beantwoord uw bericht zodra ik terug ben.",
    ),
    "pl": (
        "Odpowiedź automatyczna",
        "Dziękuję za wiadomość. Do 12 stycznia jestem na urlopie. W pilnych sprawach proszę o"
        " kontakt z Robertem. Odpowiem po powrocie.",
    ),
    "ru": (
        "Автоматический ответ",
        "Спасибо за письмо. Я нахожусь в отпуске до 12 января. По срочным вопросам обращайтесь к"
        " Роберту. Отвечу по возвращении.",
    ),
    "sv": (
        "Autosvar",
        "Tack för ditt meddelande. Jag är på semester till den 12 januari. Vid brådskande ärenden"
        " kontakta Robert. Jag svarar när jag är tillbaka.",
    ),
    "da": (
        "Automatisk svar",
        "Tak for din mail. Jeg holder ferie til den 12. januar. Hvis det haster, kontakt Robert."
        " Jeg svarer, når jeg er tilbage.",
    ),
    "no": (
        "Automatisk svar",
        "Takk for din e-post. Jeg er ikke på kontoret før 12. januar. Haster det, kontakt Robert."
        " Jeg svarer når jeg er tilbake.",
    ),
    "fi": (
        "Automaattinen vastaus",
        "Kiitos viestistäsi. Olen lomalla 12. tammikuuta asti. Kiireellisissä asioissa ottakaa"
        " yhteyttä Robertiin. Vastaan palattuani.",
    ),
    "cs": (
        "Automatická odpověď",
        "Děkuji za zprávu. Do 12. ledna jsem na dovolené. V naléhavých případech kontaktujte"
        " Roberta. Odpovím po návratu.",
    ),
    "hu": (
        "Automatikus válasz",
        "Köszönöm levelét. Január 12-ig szabadságon vagyok. Sürgős esetben keresse Róbertet."
        " Visszatérésem után válaszolok.",
    ),
    "tr": (
        "Otomatik yanıt",
        "Mesajınız için teşekkürler. 12 Ocak'a kadar izindeyim. Acil durumlarda Robert'e"
        " ulaşabilirsiniz. Döndüğümde yanıtlayacağım.",
    ),
    "zh": (
        "自动回复",
        "感谢您的来信。我目前正在休假，1月12日回来。如有急事请联系罗伯特。我回来后会尽快回复您。",
    ),
    "ja": (
        "自動応答",
        "ご連絡ありがとうございます。1月12日まで不在にしております。お急ぎの場合はロバートまで"
        "ご連絡ください。戻り次第、返信いたします。",
    ),
}


@pytest.mark.parametrize("language", NOTES)
def test_note_under_the_title_of_its_program(language: str):
    title, words = NOTES[language]
    assert plain(words, f"Subject: {title}: Lamp").automatic is Automatic.AUTO_REPLY
    assert plain(words, f"Subject: {title}").automatic is Automatic.AUTO_REPLY


@pytest.mark.parametrize("language", NOTES)
def test_note_under_the_subject_that_it_answers(language: str):
    message = plain(NOTES[language][1], "Subject: Re: Lamp", ANSWERS)
    assert message.automatic is Automatic.AUTO_REPLY
    assert message.automatic_because == "words of an absence note"


@pytest.mark.parametrize("language", NOTES)
def test_the_same_words_that_open_a_conversation_are_a_persons(language: str):
    assert plain(NOTES[language][1], "Subject: Lamp").automatic is None


# What people write about absences, vacations and automatic answers: under a title like a program's
TITLED = [
    ("Automatic reply: how do I switch it off?", "It is still on. Can you help?"),
    ("Automatic reply", "How do I switch mine off?"),
    ("Out of office", "How do I set my out of office message?"),
    ("Out of office", "Could you please set mine? I am on leave from Monday."),
    ("Vacation days", "The form does not take my vacation days."),
    ("Respuesta automática", "¿Cómo desactivo la respuesta automática?"),
    ("Vacaciones", "No puedo pedir mis vacaciones en el portal."),
    ("Risposta automatica", "Come si disattiva la risposta automatica?"),
    ("Réponse automatique", "Comment désactiver la réponse automatique ?"),
    ("Congés", "Le portail refuse ma demande de congés."),
    ("Automatische Antwort", "Wie schalte ich die automatische Antwort ein?"),
    ("Abwesenheitsnotiz: geht nicht", "Bitte helfen Sie mir beim Einrichten."),
    ("Urlaub", "Mein Urlaubsantrag wird nicht gespeichert."),
    ("Resposta automática", "Como desligo a resposta automática?"),
    ("Automatisch antwoord", "Hoe zet ik dat uit?"),
    ("Odpowiedź automatyczna", "Jak to wyłączyć?"),
    ("Автоответ", "Как отключить автоответ?"),
    ("Autosvar", "Hur stänger jag av autosvar?"),
    ("Automatisk svar", "Hvordan slår jeg det fra?"),
    ("Automaattinen vastaus", "Miten sen saa pois päältä?"),
    ("Automatická odpověď", "Jak ji vypnu?"),
    ("Automatikus válasz", "Hogyan kapcsolom ki?"),
    ("Otomatik yanıt", "Nasıl kapatırım?"),
    ("自动回复", "怎么关闭自动回复？"),
    ("自動応答", "どうやって止めますか？"),
]
# … and when they answer
ANSWERING = [
    ("Re: Lamp", "I am on vacation next week, can the technician come on the 20th?"),
    ("Re: Lamp", "I am out of the office today. The lamp is in room 3."),
    ("Re: Lamp", "Thanks for your message. The lamp still flickers."),
    ("Re: Lamp", "Bob is away until Monday, please call me instead."),
    ("Re: Lámpara", "Mañana estaré fuera, ¿pueden venir el jueves?"),
    ("Re: Lampada", "Domani sono in ferie, potete venire giovedì?"),
    ("Re: Lampe", "Je suis en vacances demain, pouvez-vous venir jeudi ?"),
    ("AW: Lampe", "Ich bin morgen nicht im Büro. Kann der Techniker am Donnerstag kommen?"),
    ("Re: Lâmpada", "Amanhã estou de férias, podem vir na quinta?"),
    ("Re: Lamp", "Ik ben morgen afwezig. Kan de monteur donderdag komen?"),
    ("Odp: Lampa", "Jutro jestem na urlopie, czy technik może przyjść w czwartek?"),
    ("Re: Лампа", "Завтра я в отпуске. Мастер может прийти в четверг?"),
    ("Sv: Lampa", "Jag är ledig i morgon. Kan teknikern komma på torsdag?"),
    ("Re: Lampe", "Jeg er ikke på kontoret i morgen. Kan I komme torsdag?"),
    ("VS: Lamppu", "Olen huomenna lomalla, voiko asentaja tulla torstaina?"),
    ("Re: Lampa", "Zítra mám dovolenou, může technik přijít ve čtvrtek?"),
    ("Re: Lámpa", "Holnap szabadságon vagyok, jöhetne a szerelő csütörtökön?"),
    ("Ynt: Lamba", "Yarın izindeyim, teknisyen perşembe gelebilir mi?"),
    ("回复: 台灯", "我明天休假，技术员能周四来吗？"),
    ("Re: ランプ", "明日は休暇中ですが、木曜日に来ていただけますか？"),
]


# Notes as people word them, under the subject of what they answer …
WORDED = [
    (
        "Thank you for your message. I am on maternity leave until January 2027. Please contact "
        "my colleague Bob Smith (bob@example.org) in my absence."
    ),
    (
        "I will be out of the office starting 1 June and will not return until 8 June.\n\nI will "
        "respond to your message when I return."
    ),
    "I no longer work at Example Inc. Please direct all enquiries to office@example.org.",
    (
        "Hello, I'm travelling this week with limited access to email. If it's urgent, call my "
        "cell. Otherwise I'll get back to you when I return on Monday."
    ),
    (
        "Gracias por tu mensaje. Actualmente estoy de vacaciones y no tendré acceso al correo "
        "hasta el lunes 8 de junio. Si es urgente, escribe a bob@example.org."
    ),
    "Grazie per il messaggio. Sarò in ferie dal 1 al 8 giugno e risponderò al mio rientro.",
    (
        "Al momento non sono in ufficio; rientrerò lunedì 8 giugno. In caso di urgenza potete "
        "scrivere a bob@example.org"
    ),
    (
        "Bonjour, je suis actuellement en congés et serai de retour le lundi 8 juin. Je "
        "répondrai à votre message à mon retour."
    ),
    (
        "Guten Tag,\n\nich bin vom 1. bis 8. Juni außer Haus und habe keinen Zugriff auf meine "
        "E-Mails. Ihre Nachricht beantworte ich nach meiner Rückkehr.\n\nMit freundlichen "
        "Grüßen\nAda"
    ),
    (
        "Hallo, ich befinde mich in Elternzeit. Bitte wenden Sie sich an meine Kollegin Eva "
        "(eva@example.org)."
    ),
    (
        "Obrigado pela sua mensagem. Encontro-me ausente do escritório e regresso no dia 8 de "
        "junho. Responderei assim que possível."
    ),
    (
        "Bedankt voor je bericht. Ik ben momenteel met vakantie en lees mijn mail niet. Vanaf "
        "maandag 8 juni ben ik weer bereikbaar."
    ),
    "Dziękuję za wiadomość. Przebywam na urlopie do 8 czerwca. Odpowiem po powrocie.",
    "Спасибо за письмо. Меня не будет в офисе с 1 по 8 июня, отвечу по возвращении.",
    (
        "Tack för ditt mejl. Jag är inte på kontoret just nu och är tillbaka måndag den 8 juni. "
        "Jag svarar när jag är tillbaka."
    ),
    (
        "Tak for din mail. Jeg er ikke på kontoret og har begrænset adgang til min mail. Jeg er "
        "tilbage mandag den 8. juni."
    ),
    "Takk for din e-post. Jeg er for tiden ikke på kontoret og er tilbake mandag 8. juni.",
    "Kiitos viestistäsi. En ole tavoitettavissa 1.-8.6. Vastaan viestiisi palattuani.",
    "Děkuji za zprávu. Do 8. 6. čerpám dovolenou a nemám přístup k e-mailu. Odpovím po návratu.",
    (
        "Köszönöm levelét. Jelenleg nem vagyok az irodában, június 8-án térek vissza, akkor "
        "válaszolok."
    ),
    "Mesajınız için teşekkürler. Şu anda ofis dışındayım, döndüğümde size cevap vereceğim.",
    "感谢您的来信。我目前不在办公室，将于6月8日回来后回复您的邮件。",
    "メールありがとうございます。6月1日から8日まで不在にしております。戻り次第ご連絡いたします。",
]
# … and people who are away, and have something to say
AWAY_AND_MORE = [
    (
        "Thanks for the quick fix! I'm out of the office today but will test it when I'm back on "
        "Monday."
    ),
    "I am on holiday until the 8th.",
    (
        "Thank you for your message. I am away today, but my colleague Bob tested it and the "
        "printer works now."
    ),
    (
        "I'm out of the office until Thursday. The error is still there, code 0x80070005. I'll "
        "send the log when I return."
    ),
    "Hi, we are closed on Friday. Come on Monday instead, the door code is 4711.",
    "Ich bin heute im Homeoffice und nicht im Büro. Der Drucker zeigt jetzt Fehler 42.",
    "Danke für Ihre Nachricht. Ich bin nächste Woche im Urlaub, am Donnerstag passt es mir gut.",
    "Je suis absent demain. Passez plutôt jeudi matin, mon collègue vous ouvrira la porte.",
    "Estoy fuera hasta las cinco. Llámenme después, por la mañana no puedo.",
    "Sono fuori ufficio oggi ma il tecnico può passare lo stesso, la chiave è in portineria.",
    "Jestem na urlopie, ale kolega sprawdził drukarkę i nadal nie działa.",
    "Меня не будет в офисе завтра, ключ у охраны.",
    "Thank you for your email. I will be travelling on business in June and need a second laptop.",
    "I have left the laptop at the front desk.",
    "I left a message for Bob, he will contact you. It is urgent.",
    "I no longer work from the Madrid site, please update my address to Barcelona.",
    "Tack för ditt mejl. Jag är ledig på fredag så kom gärna på torsdag.",
    "明日は不在にしておりますので、木曜日にお越しいただけると助かります。",
    "我明天不在办公室，请周四过来。",
    "Ik ben vrijdag niet aanwezig. Donderdag kan wel.",
    (
        "Hi, I was out of the office last week, sorry for the delay. The printer still burns. "
        "Can you come on Monday?"
    ),
    (
        "Hello, I am on vacation from Monday and the out of office assistant does not work. How "
        "do I turn it on?"
    ),
    "My automatic reply is not being sent. Please help.",
    (
        "I'm out of the office tomorrow but you can reach Bob, he has the key. The printer shows "
        "error 42."
    ),
    (
        "I will be on maternity leave from July. Who takes over my account? Please change the "
        "password on 1 July."
    ),
    "Ich bin ab Montag im Urlaub. Können Sie bitte bis dahin den Drucker reparieren?",
    "Ich war letzte Woche im Urlaub, daher die späte Antwort. Der Drucker geht immer noch nicht.",
    "Je suis en congés la semaine prochaine, pouvez-vous passer avant vendredi ?",
    "Estoy de vacaciones la semana que viene; ¿pueden venir antes del viernes?",
    "Sono in ferie da lunedì, potete venire venerdì?",
    "Я в отпуске со следующей недели, сможете прийти до пятницы?",
    "休暇申請のシステムにログインできません。確認をお願いします。",
    "请问如何设置自动回复？我下周休假。",
    "Jestem na urlopie od poniedziałku. Czy możecie naprawić drukarkę do piątku?",
    "Jag är på semester nästa vecka, kan ni komma innan fredag?",
    "Olen lomalla ensi viikolla. Voitteko tulla ennen perjantaita?",
    "Haftaya izindeyim, cumaya kadar gelebilir misiniz?",
    "Ik ben volgende week met vakantie. Kunnen jullie voor vrijdag komen?",
    "Jövő héten szabadságon vagyok. Tudnának péntekig jönni?",
    "Příští týden mám dovolenou. Můžete přijít do pátku?",
    "Estou de férias na próxima semana. Podem vir até sexta?",
    "Jeg er på ferie i næste uge. Kan I komme inden fredag?",
    "Jeg er på ferie neste uke. Kan dere komme før fredag?",
]


@pytest.mark.parametrize("text", WORDED, ids=lambda value: value[:30])
def test_note_in_words_of_its_own(text: str):
    assert plain(text, "Subject: Re: Lamp").automatic is Automatic.AUTO_REPLY


@pytest.mark.parametrize("text", AWAY_AND_MORE, ids=lambda value: value[:30])
def test_person_who_is_away_and_says_more(text: str):
    assert plain(text, "Subject: Re: Lamp", ANSWERS).automatic is None


@pytest.mark.parametrize(("subject", "text"), TITLED, ids=lambda value: value[:24])
def test_person_who_writes_about_an_absence(subject: str, text: str):
    assert plain(text, f"Subject: {subject}").automatic is None


@pytest.mark.parametrize("headers", [(), (ANSWERS,)], ids=["alone", "refers"])
@pytest.mark.parametrize(("subject", "text"), ANSWERING, ids=lambda value: value[:24])
def test_person_who_answers_and_is_away(subject: str, text: str, headers: tuple[str, ...]):
    assert plain(text, f"Subject: {subject}", *headers).automatic is None


def test_quoted_note_is_not_the_authors():
    text = "Who stands in for her?\n\n> " + NOTES["en"][1]
    quoted = plain(text.replace("?", "."), "Subject: Re: Lamp", ANSWERS)
    assert quoted.automatic is None


RECEIPTS = {
    "en": ("Read: Lamp", "Your message\n\nTo: Support\nSubject: Lamp\n\nwas read on Monday."),
    "en deleted": ("Not read: Lamp", "Your message was deleted without being read on Monday."),
    "es": ("Leído: Lamp", "El mensaje\n\nPara: Support\n\nse leyó el lunes."),
    "it": ("Letto: Lamp", "Il messaggio\n\nA: Support\n\nè stato letto lunedì."),
    "fr": ("Lu : Lamp", "Votre message\n\nÀ : Support\n\na été lu le lundi."),
    "de": ("Gelesen: Lamp", "Ihre Nachricht\n\nAn: Support\n\nwurde am Montag gelesen."),
    "pt": ("Lida: Lamp", "A sua mensagem\n\nPara: Support\n\nfoi lida na segunda-feira."),
    "nl": ("Gelezen: Lamp", "Uw bericht\n\nAan: Support\n\nis gelezen op maandag."),
    "pl": ("Przeczytano: Lamp", "Wiadomość\n\nDo: Support\n\nzostała przeczytana w poniedziałek."),
    "ru": ("Прочтено: Lamp", "Ваше сообщение\n\nКому: Support\n\nбыло прочитано в понедельник."),
    "sv": ("Läst: Lamp", "Meddelandet\n\nTill: Support\n\nlästes i måndags."),
    "da": ("Læst: Lamp", "Meddelelsen\n\nTil: Support\n\nblev læst mandag."),
    "no": ("Lest: Lamp", "Meldingen\n\nTil: Support\n\nble lest mandag."),
    "fi": ("Luettu: Lamp", "Viestisi\n\nVastaanottaja: Support\n\nluettiin maanantaina."),
    "cs": ("Přečteno: Lamp", "Vaše zpráva\n\nKomu: Support\n\nbyla přečtena v pondělí."),
    "hu": ("Olvasva: Lamp", "Üzenetét\n\nCímzett: Support\n\nhétfőn elolvasták."),
    "tr": ("Okundu: Lamp", "İletiniz\n\nKime: Support\n\npazartesi okundu."),
    "zh": ("已读: Lamp", "您的邮件\n\n收件人: Support\n\n已于星期一阅读。"),
    "ja": ("開封済み: Lamp", "メッセージは\n\n宛先: Support\n\n月曜日に開封されました。"),
}


@pytest.mark.parametrize("which", RECEIPTS)
def test_read_receipt_of_outlook_without_its_machine_part(which: str):
    subject, text = RECEIPTS[which]
    message = plain(text, f"Subject: {subject}")
    assert (message.automatic, message.automatic_because) == (Automatic.AUTO_REPLY, "read receipt")


RECALLS = [
    ("Recall: Lamp", 'Ada would like to recall the message, "Lamp".'),
    ("Rückruf: Lamp", "Ada möchte die Nachricht „Lamp“ zurückrufen."),
    ("Rappel : Lamp", "Ada souhaite rappeler le message « Lamp »."),
    ("Recuperar: Lamp", 'Ada desea recuperar el mensaje "Lamp".'),
    ("Richiamo: Lamp", 'Ada desidera richiamare il messaggio "Lamp".'),
    ("Återkalla: Lamp", "Ada vill återkalla meddelandet Lamp."),
    ("撤回: Lamp", "Ada 希望撤回邮件“Lamp”。"),
]


@pytest.mark.parametrize(("subject", "text"), RECALLS)
def test_recall(subject: str, text: str):
    assert plain(text, f"Subject: {subject}").automatic_because == "recall of a message"


@pytest.mark.parametrize(
    ("subject", "text"),
    [
        ("Recall: battery of my laptop", "Is my laptop part of the recall?"),
        ("Rückruf: 0123 456", "Bitte rufen Sie mich zurück."),
        ("Rappel : facture 12", "Pourriez-vous la régler ?"),
        ("Read: the manual", "Where is it?"),
        ("Gelesen: Anleitung", "Und nun?"),
        ("Leído: el manual", "No lo entiendo."),
        ("Accepted: your offer", "We take it. Please send the lamp."),
        ("Please confirm your address", "Is it still 7 Main Street?"),
        ("Lamp (verification)", "Who verifies the lamp?"),
    ],
)
def test_person_under_such_a_title(subject: str, text: str):
    assert plain(text, f"Subject: {subject}").automatic is None


@pytest.mark.parametrize(
    ("sure", "clues"),
    [(ABSENT, CLUES_OF_ABSENCE), (MACHINE, CLUES_OF_MACHINES)],
    ids=["absent", "machine"],
)
def test_clues_find_all_that_is_looked_for(sure: re.Pattern[str], clues: re.Pattern[str]):
    """Whatever a pattern can match, made from the pattern itself, has one of its clues."""

    @given(st.from_regex(sure, fullmatch=True))
    @settings(max_examples=400, suppress_health_check=list(HealthCheck), deadline=None)
    def check(text: str) -> None:
        assert clues.search(text.lower()), text

    check()
