"""What mail clients send by themselves: read receipts, recalls, answers to invitations.

The subjects and sentences are those of Outlook in the languages of `absence_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from gateway.channels.email.reading.parts import Part

_HEAD = 1_500
_TITLE = re.compile(
    r"(?:read|not read|le[íi]do|no le[íi]do|letto|non letto|lu|non lu|gelesen"
    r"|ungelesen(?: gel[öo]scht)?"
    r"|lid[ao]|n[ãa]o lid[ao]|gelezen|niet gelezen|przeczytan[oy]|nie przeczytan[oy]|прочтено"
    r"|прочитано"
    r"|не прочитано|l[äa]st|ol[äa]st|l[æa]st|ul[æa]st|lest|ulest|luettu|ei luettu|p[řr]e[čc]teno"
    r"|nep[řr]e[čc]teno|olvasva|elolvasva|olvasatlan|okundu|okunmadı|已读|未读|已讀|開封済み|未開封"
    r"|read receipt|return receipt|(?:lese|empfangs)best[äa]tigung|confirmaci[óo]n de lectura"
    r"|conferma di lettura|accus[ée] de (?:lecture|r[ée]ception)|confirma[çc][ãa]o de leitura"
    r"|(?:lees|ontvangst)bevestiging|potwierdzenie odczytu|уведомление о прочтении|l[äa]skvitto"
    r"|l[æa]sekvittering|lesebekreftelse|lukukuittaus|doru[čc]enka|olvasási visszaigazolás"
    r"|okundu bilgisi"
    r"|已读回执|開封確認)\s*[:：]",
    re.IGNORECASE,
)
_READ = re.compile(
    r"(?:was|were) (?:read|opened|displayed|deleted without being read)\b|has been (?:read"
    r"|displayed) "
    r"|return receipt for the (?:mail|message)"
    r"|wurde(?: am)?\b[^\n]{0,80}(?:gelesen|angezeigt|gel[öo]scht)|gelesen am"
    r"|(?:se ley[óo]|fue le[íi]do|ha sido le[íi]do|se elimin[óo])|(?:[èe] stat[oa]"
    r"|[èe] stata) (?:lett|eliminat)"
    r"|a [ée]t[ée] (?:lu|supprim)|foi lid[ao]|foi elimin|foi exclu[íi]|is gelezen"
    r"|is verwijderd|gelezen op"
    r"|zosta[łl]a? (?:przeczytan|usuni)|(?:было )?прочитано|удалено без прочтения|l[äa]stes"
    r"|har l[äa]sts|togs bort"
    r"|blev l[æa]st|blev slettet|ble lest|ble slettet|luettiin|poistettiin"
    r"|byl[ao]? p[řr]e[čc]ten|byl[ao]? odstran"
    r"|elolvas|t[öo]r[öo]lve|okundu|silindi|已(?:于|在)|阅读时间|讀取|開封されました"
    r"|表示されました|削除されました",
    re.IGNORECASE,
)
_RECALL_TITLE = re.compile(
    r"(?:recall|message recall (?:success|failure)"
    r"|recuperar|recuperaci[óo]n|richiamo|richiama|rappel(?: du message)?"
    r"|r[üu]ckruf|recolher"
    r"|recup[ée]rer|intrekken|odwo[łl]anie|wycofaj|отзыв|[åa]terkalla|tilbagekald|tilbakekall"
    r"|peruuta"
    r"|odvol[áa]n[íi]|visszah[íi]v[áa]s|geri [çc]a[ğg][ıi]r(?:ma)?|撤回|召回|リコール"
    r"|取り消し)\s*[:：]",
    re.IGNORECASE,
)
_RECALL = re.compile(
    r"(?:would like|wants) to recall the message"
    r"|(?:was recalled successfully|could not be recalled) on"
    r"|(?:desea|quiere) recuperar el mensaje"
    r"|(?:desidera|vuole) richiamare il messaggio|(?:souhaite|d[ée]sire) rappeler le message"
    r"|m[öo]chte die nachricht[^\n]{0,300}zur[üu]ck|gostaria de (?:recolher|cancelar|recuperar)"
    r"|wil het bericht[^\n]{0,300}intrekken|chce (?:odwo[łl]a[ćc]|wycofa[ćc])|хочет отозвать"
    r"|vill [åa]terkalla meddelandet|vil (?:gerne )?(?:tilbagekalde|tilbakekalle)|haluaa peruuttaa"
    r"|chce (?:zru[šs]it|odvolat)|szeretn[ée] visszah[íi]vni|geri [çc]a[ğg][ıi]rmak istiyor"
    r"|希望撤回|想要撤回|取り消そうとし|メッセージを取り消",
    re.IGNORECASE,
)
_METHOD = re.compile(rb"(?im)^METHOD[ \t]*:[ \t]*(?:REPLY|COUNTER|REFRESH)\b")
_TEMPLATES = re.compile(
    r"(?:has|have) (?:accepted|declined|tentatively accepted|confirmed) (?:this|the|your)"
    r"|hat (?:diese|die) (?:einladung|termin)|ha (?:aceptado|rechazado|accettato|rifiutato)"
    r"|a accept[ée]"
    r"|invitation from google calendar|this is a response to",
    re.IGNORECASE,
)


def has_receipt_title(subject: str) -> bool:
    """Whether a subject is that of a mail client's receipt."""
    return _TITLE.match(subject) is not None


def client_sign(subject: str, text: str, leaves: Iterable[Part]) -> str:
    """Why a mail is taken for one that a client made by itself, empty if it is not."""
    if _TITLE.match(subject) and _READ.search(text[:_HEAD]):
        return "read receipt"
    if _RECALL_TITLE.match(subject) and _RECALL.search(text[:_HEAD]):
        return "recall of a message"
    if answers_invitation(leaves) and _without_words(text):
        return "answer to an invitation (RFC 5546)"
    return ""


def answers_invitation(leaves: Iterable[Part]) -> bool:
    """Whether a calendar answers an invitation by it (RFC 5546, section 1.4)."""
    return any(_answers_invitation(leaf) for leaf in leaves)


def _without_words(text: str) -> bool:
    """Whether nobody wrote anything beside the answer itself."""
    return not text.strip() or _TEMPLATES.search(text[:_HEAD]) is not None


def _answers_invitation(leaf: Part) -> bool:
    if leaf.type != "text/calendar":
        return False
    method = leaf.params.get("method", "").lower()
    return method in ("reply", "counter") or _METHOD.search(leaf.content()[:4_000]) is not None
