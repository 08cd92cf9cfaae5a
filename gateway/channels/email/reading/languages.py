"""The words by which mail clients, in many languages, show what they quote and forward."""

from __future__ import annotations

import re

# Labels of the header lines above a quoted or forwarded message: en, es, it, fr, de, pt, nl, pl,
# ru, uk, sv, da, no, fi, cs, sk, hu, tr, ro, el, bg, zh, ja, ko, ar, he, vi.
LABELS: dict[str, tuple[str, ...]] = {
    "from": (
        "from", "de", "da", "von", "van", "od", "от", "от кого", "від", "від кого", "från", "fra",
        "lähettäjä", "feladó", "kimden", "gönderen", "expéditeur", "mittente", "remitente",
        "remetente", "absender", "afzender", "nadawca", "отправитель", "avsändare", "afsender",
        "avsender", "odesílatel", "odosielateľ", "de la", "expeditor", "από", "发件人", "寄件者",
        "寄件人", "发信人", "自", "差出人", "送信者", "送信元", "보낸 사람", "보낸사람", "보낸이",
        "발신", "발신자", "من", "מאת", "từ",
    ),
    "date": (
        "sent", "date", "sent at", "enviado", "enviado el", "enviado em", "enviada", "enviada em",
        "enviada el", "enviado a", "fecha", "fecha de envío", "data", "data de envio", "envoyé",
        "envoyé le", "envoyé à", "date d'envoi", "gesendet", "gesendet am", "datum", "inviato",
        "inviato il", "data invio", "verzonden", "verzonden op", "wysłano", "wysłane",
        "data wysłania", "отправлено", "дата", "дата отправки", "время отправки", "надіслано",
        "skickat", "skickades", "sänt", "sendt", "dato", "lähetetty", "lähetysaika", "päivämäärä",
        "päiväys", "pvm", "odesláno", "odoslané", "dátum", "elküldve", "küldve", "küldés ideje",
        "küldés dátuma", "gönderildi", "gönderme tarihi", "gönderilme tarihi", "gönderim tarihi",
        "tarih", "trimis", "dată", "στάλθηκε", "ημερομηνία", "изпратено", "发送时间", "发送日期",
        "日期", "时间", "時間", "寄件日期", "傳送時間", "傳送日期", "發送時間", "送信日時",
        "送信日", "日付", "日時", "보낸 날짜", "보낸날짜", "보낸 시간", "날짜", "التاريخ",
        "تاريخ الإرسال", "נשלח", "תאריך", "ngày", "đã gửi",
    ),
    "to": (
        "to", "para", "pour", "à", "a", "an", "aan", "do", "кому", "till", "til",
        "vastaanottaja", "saaja",
        "komu", "pro", "címzett", "kime", "alıcı", "către", "destinatar", "προς", "до",
        "destinataire", "destinataires", "destinatario", "destinatario/s",
        "destinatário", "empfänger",
        "ontvanger", "odbiorca", "modtager", "mottaker", "mottagare",
        "收件人", "收件者", "至", "宛先", "受信者",
        "받는 사람", "받는사람", "받는이", "수신", "إلى", "אל", "đến", "tới",
    ),
    "cc": (
        "cc", "copia", "kopie", "kopie an", "копия", "копія", "kopia", "kopi", "kopio", "kopie:",
        "copie", "copie à", "cópia", "másolatot kap", "másolat", "bilgi", "dw", "udw", "抄送",
        "副本", "ccへ", "참조", "نسخة", "עותק",
    ),
    "subject": (
        "subject", "asunto", "oggetto", "ogg", "objet", "sujet", "betreff", "assunto", "onderwerp",
        "temat", "tytuł", "тема", "ämne", "rubrik", "emne", "aihe", "otsikko", "předmět", "věc",
        "predmet", "tárgy", "konu", "subiect", "θέμα", "относно", "主题", "主旨", "主題", "标题",
        "件名", "題名", "제목", "الموضوع", "נושא", "chủ đề", "tiêu đề",
    ),
    "other": (
        "reply-to", "reply to", "sender", "bcc", "cci", "cco", "bcc/cco", "importance", "priority",
        "responder a", "antwort an", "attachments", "anlagen", "organization", "répondre à",
        "rispondi a", "message-id", "x-mailer", "resent-from", "wichtigkeit", "importancia",
        "pièces jointes", "datos adjuntos", "allegati", "anexos", "bijlagen", "załączniki",
        "вложения", "bilagor", "vedhæftede filer", "vedlegg", "liitteet", "přílohy", "mellékletek",
        "ekler", "附件", "添付ファイル", "첨부", "importance:", "priorität", "prioridad",
        "priorité", "priorità",
    ),
}  # fmt: skip
LABEL_KINDS = {label: kind for kind, labels in LABELS.items() for label in labels}

# What the line above a quotation says: somebody "wrote".
WROTE = (
    "wrote|writes|said|schrieb|hat[^\n]{0,120}geschrieben|folgendes geschrieben|(?:a |à )?[ée]crit"
    "|escribi[óo]|escribía|ha scritto|scrisse|scritto|escreveu|schreef|geschreven|napisał|napisała"
    "|napisana|pisze|пишет|писал|писала|писали|написал"
    "|написала|написали|написав|пише|написа|skrev|kirjoitti|napsal"
    "|napsala|napísal|napísala|írta|yazdı|şunları yazdı|şunu yazdı"
    "|a scris|έγραψε|đã viết|va escriure|napisao je|napisala je|je napisal|menulis"
)
# Those that stand without a space beside other words, and marks of direction.
WROTE_WITHIN = (
    "写道|寫道|写到|書きました|のメール|のメッセージ|작성|쓴 글|님이 쓰|تمت كتابة|كتب|כתב|מאת"
)
# By whom: between a date and an address that end an attribution.
BY = "by|von|de|par|di|da|van|od|от|from|av|af|przez|door|من|מאת"
# How an attribution begins that is no name: a preposition, or the day of the week.
OPENERS = (
    "on|at|le|am|il|el|en|em|no dia|às|op|dnia|w dniu|den|dne|dňa|v|tarihinde|在|于|於|a\\(z\\)"
    "|il giorno|a|pe|în|la|στις|на|в|у|vào|pada|in data|fecha|data|tarih|wiadomość napisana"
    "|missatge de|el dia|quoting|في|בתאריך"
    "|mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so"
    "|monday|tuesday|wednesday|thursday|friday|saturday|sunday|montag|dienstag|mittwoch"
    "|donnerstag|freitag|samstag|sonntag|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    "|lunes|martes|miércoles|jueves|viernes|sábado|domingo|lunedì|martedì|mercoledì|giovedì"
    "|venerdì|sabato|domenica|пн|вт|ср|чт|пт|сб|вс|нд|понедельник|вторник|среда|четверг"
    "|пятница|суббота|воскресенье|понеділок|вівторок|середа|четвер|п.ятниця|субота|неділя"
    "|pon|wt|śr|czw|pt|sob|niedz|po|út|st|čt|pá|so|ne|man|tir|ons|tor|fre|lør|lör|søn|sön|tis|mån"
    "|ma|ti|ke|to|pe|la|su|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
)
# What quotes without saying when: "Quoting Bob <bob@example.com>:".
QUOTING = "quoting|zitat von|zitiere|citando a?|citation de|cytowanie|cituji|citerar|citat"
# A word for whom a mail was written to, or by: no name, and no sentence of the writer's either.
YOU = "you|sie|du|ihr|usted|tú|vous|tu|lei|voi|você|u|jij|je|вы|ты|pan|pani|ni|dere|te|siz"
# Words of the person who writes: their own sentence, and no attribution.
# "Mi" is Wednesday in German, with a sign behind it or "Am" before it.
MYSELF = (
    "we|ich|wir|yo|io|je|j'ai|nous|noi|eu|nós|ik|wij|ja|я|мы|мені|jag|jeg|minä|me|my|mine|mir"
    r"|mich|moi|(?<!am )mi(?![.,])|mij|mnie|мне|mig|meg|minulle|mně|nekem|bana|我|私"
)

FORWARD_STEMS = (
    "forward|weitergeleitet|reenvia|transf[ée]r|réexpédi|inoltrat|inoltro|encaminhad|reencaminhad"
    "|doorgestuurd|doorgezonden|przekazan|przekazywan|przesłan[ae] dalej|пересла|пересыла"
    "|переадрес|vidarebefordra|vidarebefordrat|videresend|välitett|edelleenläh|uudelleenläh"
    "|přeposl|přeposíl|preposlan|továbbít|yönlendiril|iletilen|iletilmiş|redirecționat|"
    "redirectat|retrimis|προωθη|препратен|转发|轉寄|轉發|転送|전달|đã chuyển tiếp|המועברת|"
    "معاد توجيهها"
)
ORIGINAL_STEMS = (
    "original|originál|ursprünglich|ursprunglig|urspr\\.|originale|d'origine|d’origine|oryginaln"
    "|исходн|оригинал|вихідн|oprindelig|opprinneli|oorspronkelijk|origineel|alkuperäi|původn|pôvodn|eredeti"
    "|orijinal|özgün|αρχικό|raspuns|原始|原邮件|原郵件|原訊息|元のメッセージ|元のメール|원본"
    "|الرسالة الأصلية|ההודעה המקורית"
    # How desks of others mark where their notices begin.
    "|above this line|oberhalb dieser zeile|encima de esta línea|au-dessus de cette ligne"
    "|sopra questa (?:linea|riga)|acima desta linha|boven deze (?:lijn|regel)"
)
# How subjects of forwarded mail begin.
FORWARD_PREFIX = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:fwd?|wg|tr|rv|i|enc|pd|vs|vb|vl|fs|rvs|reenv|doorst|iltr|ynt|i̇lt|ilt"
    r"|πρθ|προωθ"
    r"|továbbítás|пересл|転送|转发|轉寄|轉發|전달|fyi)\s*(?:\[\d+\])?\s*[:：]",
    re.IGNORECASE,
)
# "My answers are below, in red": what stands below the first words are words of theirs, too.
ANSWERS_BELOW = re.compile(
    r"\b(?:answer|repl|respon|comment|remark)\w{0,8}\b[^.!?\n]{0,50}"
    r"\b(?:below|in-?line|in line|in (?:red|blue|green|bold|caps|colou?r)|between the lines)\b"
    r"|\b(?:antwort|kommentar|anmerkung)\w{0,6}\b[^.!?\n]{0,50}"
    r"\b(?:unten|im text|in (?:rot|blau|grün|fett)|dazwischen|inline|weiter unten)\b"
    r"|\b(?:respuesta|respond|contest|comentario)\w{0,6}\b[^.!?\n]{0,50}"
    r"\b(?:abajo|en (?:rojo|azul|verde|negrita)|entre líneas)\b"
    r"|\b(?:réponse|répond|commentaire|remarque)\w{0,6}\b[^.!?\n]{0,50}"
    r"(?:ci-dessous|en (?:rouge|bleu|vert|gras)|dans le texte|plus bas)\b"
    r"|\b(?:rispost|rispond|comment)\w{0,6}\b[^.!?\n]{0,50}"
    r"\b(?:sotto|in (?:rosso|blu|verde|grassetto)|di seguito)\b"
    r"|\b(?:respost|respond|comentário)\w{0,6}\b[^.!?\n]{0,50}"
    r"\b(?:abaixo|em (?:vermelho|azul|verde|negrito))\b"
    r"|\b(?:antwoord|reactie|opmerking)\w{0,6}\b[^.!?\n]{0,50}"
    r"\b(?:hieronder|onderaan|in (?:het )?(?:rood|blauw|groen)|tussen)\b"
    r"|\b(?:odpowied|komentarz)\w{0,6}\b[^.!?\n]{0,50}\b(?:poniżej|na czerwono|w tekście)\b"
    r"|\b(?:ответ|комментар)\w{0,6}\b[^.!?\n]{0,50}\b(?:ниже|красным|в тексте)\b"
    r"|\b(?:svar|kommentar)\w{0,6}\b[^.!?\n]{0,50}\b(?:nedan|nedenfor|i (?:rött|rødt)|under)\b",
    re.IGNORECASE,
)
