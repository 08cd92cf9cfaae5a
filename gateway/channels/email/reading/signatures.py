"""What stands below or above a person's words without being theirs to say."""

from __future__ import annotations

import re

_DELIMITER = re.compile(r"-- ?$")
_MOST_BELOW = 30
_MOBILE = re.compile(
    r"\s{0,4}(?:\[?(?:sent|get|gesendet|von meinem|enviado|enviada|envoyé|inviato|verzonden"
    r"|verstuurd|wysłano"
    r"|wysłane|отправлено|надіслано|skickat|sendt|sendte|lähetetty|odesláno|odoslané|küldve|elküldve"
    r"|gönderildi|发自|寄自|傳送自|來自)\b[^\n]{0,20}(?:from|via|using|with|outlook|von|mit|desde|de|da|do|mon|meu|dal|mio"
    r"|van|mijn|z|ze|с|из|від|från|fra|min|z mojego|mého|iphone|ipad|android|samsung|galaxy|mobile)"
    r"[^\n]{0,80}|(?:iphone|ipad|android|我的)[^\n]{0,20}(?:から送信|发送|傳送|이 보냄)[^\n]{0,10}"
    r"|(?:发自我的|从我的|從我的|寄自我的)[^\n]{0,40}"
    r"|[^\n]{0,30}(?:から送信|cihazımdan gönderildi)[^\n]{0,10}"
    r"|iphone'umdan gönderildi|(?:von"
    r"|diese nachricht wurde von) meinem [^\n]{1,60} gesendet[^\n]{0,10}"
    r"|get outlook for (?:ios|android)[^\n]{0,80}|outlook (?:für|para|pour|per|voor) (?:ios"
    r"|android)[^\n]{0,60})\]?\s*$",
    re.IGNORECASE,
)
# How a legal notice opens, and the words that make one: three of them at least, so that a
# person's "This message was meant for Bob" stays.
_LEGAL_OPENING = re.compile(
    r"\s{0,4}[*_]{0,2}(?:confidential|disclaimer|legal (?:notice|disclaimer)|privileged"
    r"|important notice|notice:"
    r"|(?:this|the (?:information|content|contents)\b[^\n]{0,40}this) (?:e-?mail|message"
    r"|communication|transmission)"
    r"|diese (?:e-?mail|nachricht)|der inhalt dieser|vertraulichkeit|aviso (?:legal|de confid)"
    r"|este (?:mensaje|correo|e-?mail)"
    r"|la información contenida|esta mensagem|questo messaggio|le informazioni|questa e-?mail"
    r"|ce (?:message|courriel|mail)"
    r"|cet e-?mail|dit (?:e-?mail)?bericht|deze e-?mail|de informatie|ta wiadomość"
    r"|niniejsza wiadomość|настоящее сообщение"
    r"|это сообщение|detta (?:e-?post)?meddelande|denne (?:e-?mail|e-?post|meddelelse)"
    r"|tämä viesti|tento e-?mail"
    r"|ez az (?:e-?mail|üzenet)|bu (?:e-?posta|ileti|mesaj))",
    re.IGNORECASE,
)
_LEGAL_WORDS = re.compile(
    r"confiden[tc]|privileg|intended|recipient|addressee|unauthori[sz]ed|disclos|dissemin|prohibited|notify|delete"
    r"|vertraulich|adressat|empfänger|unbefugt|irrtümlich|vernichten|löschen|destinat|prohibid|divulg|elimin|borr|error"
    r"|riservat|vietat|erreur|détrui|interdit|vertrouwelijk|geadresseerde|bestemd|onbevoegd|poufn|adresat|usun"
    r"|конфиденц|адресат|удал|konfidenti|mottagare|modtager|mottaker|luottamuksel|vastaanottaja|důvěrn|bizalmas"
    r"|címzett|gizli|alıcı",
    re.IGNORECASE,
)
_EXTERNAL = re.compile(
    r"\s{0,4}[\[*(]{0,3}(?:caution|warning|external|attention|achtung|extern|atención|attenzione|"
    r"let op|uwaga|externe?r?)\b[^\n]{0,60}(?:external|outside|extern|externe|fuera|esterno"
    r"|zewn)[^\n]{0,400}$"
    r"|\s{0,4}[\[*(]{1,3}(?:external|extern|externe?|externo|esterno)(?: e-?mail| sender"
    r"| message)?[\])*]{1,3}\s*$"
    r"|\s{0,4}(?:you don't often get email from"
    r"|some people who received this message don't often)[^\n]{0,300}$",
    re.IGNORECASE,
)
_LIST_RULE = re.compile(r"\s{0,2}[_\-=]{20,120}\s*$")
_LIST_WORDS = re.compile(
    r"mailing list|unsubscribe|listinfo|https?://|@|abbestellen|désabonner", re.IGNORECASE
)
_SEPARATOR = re.compile(r"[ \t]*[-_=*]{3,120}[ \t]*$")


def without_list_footer(text: str) -> str:
    """The text without what a mailing list added below it."""
    lines = _trimmed(text.split("\n"))
    cut = _above_list_footer(lines)
    return text if cut == len(lines) else "\n".join(lines[:cut])


def without_signature(text: str) -> str:
    """The text without signature, mobile signature and legal notice at its end.

    If nothing would be left, the text stays as it is.
    """
    lines = _trimmed(text.split("\n"))
    for cut in (_above_legal_notice, _above_delimiter, _above_mobile):
        lines = _trimmed(lines[: cut(lines)])
    return "\n".join(lines) if lines else text


def without_banner(text: str) -> str:
    """The text without the warning that a server put above mail from outside."""
    lines = text.split("\n")
    for index, line in enumerate(lines[:6]):
        if not line.strip():
            continue
        if not _EXTERNAL.match(line):
            return text
        rest = _paragraph_after(lines, index)
        left = "\n".join(lines[rest:]).strip("\n")
        return left if left.strip() else text
    return text


def _paragraph_after(lines: list[str], index: int) -> int:
    """Where the paragraph after the one at ``index`` begins, within a few lines."""
    for stop in range(index, min(index + 6, len(lines))):
        if not lines[stop].strip() or _SEPARATOR.match(lines[stop]):
            return stop + 1
    return index + 1


def _trimmed(lines: list[str]) -> list[str]:
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    return lines[:end] if end < len(lines) else lines


def _above_delimiter(lines: list[str]) -> int:
    """Above ``-- `` (RFC 3676, section 4.3), the topmost one near the end."""
    lowest = max(0, len(lines) - _MOST_BELOW)
    for index in range(lowest, len(lines)):
        if _DELIMITER.match(lines[index]):
            return index
    return len(lines)


def _above_mobile(lines: list[str]) -> int:
    """Above ``Sent from my …`` on one of the last lines, with nothing but a link after it."""
    for index in range(len(lines) - 1, max(len(lines) - 4, -1), -1):
        line = lines[index]
        if len(line) < 160 and _MOBILE.match(line):
            return index
        if line.strip() and "http" not in line:
            break
    return len(lines)


def _above_legal_notice(lines: list[str]) -> int:
    """Above a paragraph that opens as a legal notice does, and all that follows it."""
    for index in range(max(0, len(lines) - 40), len(lines)):
        if not _LEGAL_OPENING.match(lines[index][:200]):
            continue
        ruled = index > 0 and _SEPARATOR.match(lines[index - 1]) is not None
        starts = index == 0 or ruled or not lines[index - 1].strip()
        if starts and _reads_legal("\n".join(lines[index:])[:4000]):
            return index - 1 if ruled else index
    return len(lines)


def _reads_legal(text: str) -> bool:
    words = {word.lower() for word in _LEGAL_WORDS.findall(text)}
    return len(words) >= 3 and len(text) > 100


def _above_list_footer(lines: list[str]) -> int:
    """Above the rule and the few lines that a mailing list adds below a mail."""
    for index in range(len(lines) - 1, max(len(lines) - 8, 0), -1):
        if _LIST_RULE.match(lines[index]):
            below = "\n".join(lines[index + 1 :])[:2000]
            return index if _LIST_WORDS.search(below) else len(lines)
    return len(lines)
