"""Answers of vacation programs that say so in their words alone."""

from __future__ import annotations

import re

# No person begins a subject with these, and then a colon or nothing more.
_SURE = re.compile(
    r"(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)|autoreply|autoresponder?"
    r"|out of (?:the )?office (?:auto[ -]?reply"
    r"|reply|response|notification)|ooo auto[ -]?reply|vacation (?:reply|response|notice"
    r"|message)|automatische (?:antwort"
    r"|abwesenheitsnotiz|rückmeldung)|abwesenheits(?:notiz|meldung|benachrichtigung|hinweis|nachricht|assistent)|automatisch"
    r"(?:e)? (?:antwoord|beantwoording|afwezigheidsbericht)|afwezigheids(?:bericht|assistent"
    r"|melding)|respuesta autom[aá]tica"
    r"|autorespuesta|contestación automática|mensaje automático de ausencia|risposta automatica"
    r"|risponditore automatico"
    r"|réponse automatique|message d'absence|avis d'absence|notification d'absence"
    r"|resposta autom[aá]tica|aviso de ausência"
    r"|autoodpowiedź|automatyczna odpowiedź|odpowiedź automatyczna|автоматический ответ"
    r"|автоответ(?:чик)?|автоматична"
    r" відповідь|autosvar|automatiskt svar|automatisk svar|frånvaromeddelande|fraværsmelding"
    r"|fraværsbesked|fraværsassistent"
    r"|automaattinen vastaus|poissaoloviesti|poissaoloilmoitus|automatická odpověď"
    r"|automatická odpoveď|automatikus válasz"
    r"|házon kívül|otomatik (?:yanıt|cevap)|răspuns automat|αυτόματη απάντηση"
    r"|自动回复|自動回覆|自动答复"
    r"|自動応答|自動返信"
    r"|不在通知|자동 ?회신|자동 ?응답)\s*(?:[:：]|$|!|\(|\[|-\s|re\b)",
    re.IGNORECASE,
)
# A person may ask about these: the mail must answer one, or speak of an absence.
_LIKELY = re.compile(
    r"(?:out of (?:the )?office|(?:i am |i'm )?(?:away from (?:the|my) office|on (?:vacation"
    r"|holiday|leave))|abwesenheit|"
    r"(?:nicht im büro|außer haus|ausser haus|im urlaub)|fuera de (?:la )?oficina|ausente"
    r"|fuori (?:ufficio|sede)|assenza"
    r"|absent(?:e)? du bureau|absence du bureau|absence|fora do escritório|ausência|afwezig"
    r"|niet aanwezig|nieobecność"
    r"|poza biurem|отсутств|вне офиса|frånvaro|ej på kontoret|fravær|ikke på kontoret|poissa"
    r"|nepřítomnost|mimo kancelář"
    r"|távollét|ofis dışında|不在|外出|休假)\b",
    re.IGNORECASE,
)
_ABSENT = re.compile(
    r"\b(?:i am|i'm|i will be|i'll be|currently)\b[^.\n]{0,60}\b(?:out of (?:the |my )?office"
    r"|away|on (?:vacation|holiday|leave)"
    r"|travel)|ich bin[^.\n]{0,80}(?:nicht (?:im|erreichbar)|abwesend|im urlaub|außer haus)"
    r"|(?:estoy|estaré|me encuentro)[^.\n]{0,60}"
    r"(?:fuera|ausente|de vacaciones)|(?:sono|sarò)[^.\n]{0,60}(?:assente|fuori|in ferie)"
    r"|je (?:suis|serai)[^.\n]{0,60}(?:absent"
    r"|en congé|en vacances)|(?:estou|estarei)[^.\n]{0,60}(?:fora|ausente|de férias)"
    r"|ik ben[^.\n]{0,60}(?:afwezig|met vakantie"
    r"|niet aanwezig)|jestem[^.\n]{0,60}(?:nieobecn|na urlopie)|jag är[^.\n]{0,60}(?:borta"
    r"|frånvarande|på semester|ledig)"
    r"|jeg er[^.\n]{0,60}(?:ikke|ferie|fravær)|olen[^.\n]{0,60}(?:poissa|lomalla)|(?:jsem"
    r"|budu)[^.\n]{0,60}(?:mimo|nepřítom|dovolen)"
    r"|нахожусь[^.\n]{0,60}(?:отпуск|вне)|отсутствую|в отпуске|不在|休假",
    re.IGNORECASE,
)
_RECEIPT = re.compile(
    r"(?:read|gelesen|leído|letto|lu|lida|lido|gelezen|przeczytano|прочитано|läst|læst|lest|luettu|přečteno|olvasva|okundu"
    r"|已读|已讀|開封済み|read receipt|return receipt|lesebestätigung|empfangsbestätigung"
    r"|confirmación de lectura"
    r"|conferma di lettura|accusé de lecture|confirmação de leitura|leesbevestiging|not read"
    r"|ungelesen gelöscht)\s*[:：]",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"(?:please confirm (?:your|that you sent)|your (?:e-?mail"
    r"|message) (?:to .{1,80} )?(?:requires|needs) (?:verification|"
    r"confirmation)|verification required for your|\[?spam ?arrest|message awaiting verification"
    r"|confirm your e-?mail to)",
    re.IGNORECASE,
)


def vacation_sign(subject: str, text: str, *, answers: bool) -> str:
    """Why a mail is taken for a vacation program's, empty if it is not.

    Anchored at the beginning of the subject: ``Re: Out of office plans`` is a person's.
    ``answers``: the mail refers to another one.
    """
    subject = subject.strip(" \t*[")
    if _SURE.match(subject):
        return "subject of an automatic reply"
    if _LIKELY.match(subject) and _ABSENT.search(text[:1500]):
        return "subject and words of an absence note"
    if answers and _CHALLENGE.match(subject):
        return "challenge of a spam filter"
    return ""


def is_receipt(subject: str) -> bool:
    """Whether a subject is that of a mail client's receipt."""
    return _RECEIPT.match(subject) is not None
