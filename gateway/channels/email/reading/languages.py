"""The words by which mail clients, in many languages, show what they quote and forward."""

from __future__ import annotations

import re

# Labels of the header lines above a quoted or forwarded message: en, es, it, fr, de, pt, nl, pl,
# ru, uk, sv, da, no, fi, cs, sk, hu, tr, ro, el, zh, ja, ko.
LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from", "de", "da", "von", "van", "od", "от", "від", "från", "fra", "lähettäjä", "feladó",
        "kimden", "gönderen", "expéditeur", "mittente", "remitente", "remetente", "absender",
        "afzender", "nadawca", "отправитель", "avsändare", "afsender", "avsender", "odesílatel",
        "odosielateľ", "από", "发件人", "寄件者", "寄件人", "差出人", "送信者",
        "보낸 사람", "보낸사람",
    ),
    "date": (
        "sent", "date", "enviado", "enviado el", "enviado em", "fecha", "data", "envoyé",
        "envoyé le",
        "gesendet", "datum", "inviato", "verzonden", "wysłano", "wysłane", "отправлено", "дата",
        "надіслано", "skickat", "sendt", "dato", "lähetetty", "päivämäärä", "päiväys", "odesláno",
        "odoslané", "dátum", "elküldve", "küldve", "gönderildi", "gönderme tarihi", "tarih",
        "trimis", "στάλθηκε", "ημερομηνία", "发送时间", "发送日期", "日期", "時間", "寄件日期",
        "傳送時間", "送信日時", "日付", "日時", "보낸 날짜", "날짜",
    ),
    "to": (
        "to", "para", "à", "a", "an", "aan", "do", "кому", "till", "til", "vastaanottaja", "komu",
        "címzett", "kime", "alıcı", "către", "προς", "收件人", "收件者", "宛先", "받는 사람",
    ),
    "cc": (
        "cc", "copia", "kopie", "копия", "копія", "kopia", "kopi", "kopio", "másolatot kap",
        "másolat", "bilgi", "dw", "udw", "抄送", "副本", "참조",
    ),
    "subject": (
        "subject", "asunto", "oggetto", "objet", "betreff", "assunto", "onderwerp", "temat", "тема",
        "ämne", "emne", "aihe", "předmět", "predmet", "tárgy", "konu", "subiect", "θέμα", "主题",
        "主旨", "主題", "标题", "件名", "제목",
    ),
    "other": (
        "reply-to", "sender", "bcc", "cci", "cco", "bcc/cco", "importance", "priority",
        "responder a", "antwort an", "attachments", "anlagen", "organization", "répondre à",
        "rispondi a",
        "message-id", "x-mailer", "resent-from", "wichtigkeit", "importancia",
    ),
}  # fmt: skip
LABEL_KINDS = {label: kind for kind, labels in LABELS.items() for label in labels}

# What the line above a quotation says: somebody "wrote".
WROTE = (
    "wrote|writes|said|schrieb|écrit|ecrit|escribió|escribio|escribía|ha scritto|scrisse|scritto"
    "|escreveu|schreef|napisał|napisała|napisał\\(a\\)|napisał/a|pisze|пишет|писал|писала|написал"
    "|написала|написал\\(а\\)|написав|пише|skrev|kirjoitti|napsal|napsala|napsal\\(a\\)|napísal"
    "|napísal\\(a\\)|írta|yazdı|şunları yazdı|şunu yazdı|a scris|έγραψε|写道|寫道|写到|書きました"
    "|のメール|さんのメッセージ|からのメッセージ|작성"
)
# What an attribution begins with when its first line is not the one that ends it.
OPENERS = (
    "on|le|am|il|el|em|op|dnia|w dniu|den|dne|v|tarihinde|在|于|於|a\\(z\\)|il giorno|a|"
    "mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so|пн|вт|ср|чт|пт|сб|вс"
    "|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|so|ne|man|tir|ons|tor|fre|lør|søn|ma|ti|ke|to|pe|la|su"
)
FORWARD_STEMS = (
    "forward|weitergeleitet|reenvia|transf[ée]r|réexpédi|inoltrat|encaminhad|reencaminhad|doorgestuurd"
    "|przekazan|przekazywan|пересла|пересыла|переадрес|vidarebefordra|videresend|välitett|edelleenläh"
    "|přeposl|přeposíl|preposlan|továbbít|yönlendiril|iletilen|iletilmiş|redirecționat|προωθη"
    "|转发|轉寄|轉發|転送|전달"
)
ORIGINAL_STEMS = (
    "original|originál|ursprünglich|ursprunglig|urspr\\.|originale|d'origine|oryginaln|исходн|оригинал"
    "|oprindelig|opprinneli|oorspronkelijk|alkuperäi|původn|pôvodn|eredeti|orijinal|özgün|raspuns"
    "|原始|原邮件|原郵件|元のメッセージ|원본"
)
# How subjects of forwarded mail begin.
FORWARD_PREFIX = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|i|enc|pd|vs|vb|vl|fs|rvs|reenv|doorst|iltr|ynt|i̇lt"
    r"|továbbítás|пересл|転送|转发|轉寄|轉發|fyi)\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
