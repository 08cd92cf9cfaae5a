"""How letters begin and end: words that say nothing by themselves."""

from __future__ import annotations

import re

_GREETING = re.compile(
    r"(?:hello|hi|hey|hiya|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|hei|hej|moin"
    r"|servus|gr[üu](?:ß|ss) gott|guten (?:tag|morgen|abend)|liebe[rs]?|sehr geehrte[rs]?|hola"
    r"|buen[oa]s(?: d[ií]as| tardes| noches)?|estimad[oa]s?|querid[oa]s?|ciao|salve|buongiorno"
    r"|buonasera|gentile|egregio|caro|cara|bonjour|bonsoir|salut|ch[eè]re?s?|olá|oi|bom dia"
    r"|boa (?:tarde|noite)|prezad[oa]s?|car[oa]s?|beste|geachte|goedemorgen|goedemiddag|dag|cześć"
    r"|dzień dobry|witam|szanown[yaei]|здравствуйте|добрый (?:день|вечер)|доброе утро|привет"
    r"|уважаем(?:ый|ая|ые)|вітаю|добрий день|god (?:morgon|morgen|dag)|kära?|bästa|kære|kjære"
    r"|terve|moi|hyvää (?:päivää|huomenta)|dobrý den|ahoj|vážen[ýáí]|szia|kedves|tisztelt|merhaba"
    r"|selam|sayın|iyi günler|günaydın|你好|您好|こんにちは|안녕하세요)(?![\w])",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"(?:(?:kind|best|warm|many|with|my)? ?(?:regards|wishes|greetings)|regards|thanks|thank you"
    r"|thx|cheers|sincerely|yours|best|take care|bye|mfg|lg|vg|(?:mit |viele |beste |liebe |schöne "
    r"|freundliche[nr]? )*(?:freundlichen )?gr[üu](?:ß|ss)e?n?|danke|vielen dank|saludos|un saludo"
    r"|atentamente|cordialmente|gracias|un abrazo|saluti|cordiali saluti|distinti saluti|grazie"
    r"|cordialement|bien à vous|salutations|merci|bonne journée|atenciosamente|cumprimentos"
    r"|abraços?|obrigad[oa]|(?:met |vriendelijke |hartelijke )*groet(?:en|jes)?|bedankt|mvg"
    r"|pozdrawiam|z poważaniem|dziękuję|с уважением|спасибо|з повагою|дякую|hälsningar"
    r"|(?:med )?vänlig(?:a)? hälsning(?:ar)?|mvh|tack|(?:med )?venlig hilsen"
    r"|(?:med )?vennlig hilsen"
    r"|hilsen|takk?|terveisin|ystävällisin terveisin|kiitos|s pozdravem|děkuji|üdvözlettel"
    r"|köszönöm|saygılarımla|teşekkürler|此致|谢谢|謝謝|よろしく[^\n]{0,20}|감사합니다)(?![\w])",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_MOST_LINES = 4
_LONGEST_LINE = 60  # characters
_MOST_NAMED = 4  # words of whom a letter greets


def is_farewell(lines: list[str]) -> bool:
    """Whether these lines are ``Regards, Bob`` and no more: a wish, and short lines below it."""
    said = [line.strip() for line in lines if line.strip()]
    if not said or len(said) > _MOST_LINES or any(len(line) > _LONGEST_LINE for line in said):
        return False
    return _FAREWELL.match(said[0]) is not None and not any("?" in line for line in said)


def is_greeting(text: str) -> bool:
    """Whether a text is ``Hello`` or ``Dear Ms Byron,`` and no more."""
    said = text.strip()
    if not said or "\n" in said or len(said) > _LONGEST_LINE:
        return False
    match = _GREETING.match(said)
    return match is not None and len(_WORD.findall(said[match.end() :])) <= _MOST_NAMED
