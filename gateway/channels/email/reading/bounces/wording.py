"""How mail servers word a delivery report that no machine was meant to read."""

from __future__ import annotations

import re

MAILER = re.compile(
    r"(?:mailer-?daemon|mail-?daemon|mdaemon|post_?master|mail\.delivery\.system|mail-?delivery.*"
    r"|mailadm(?:in)?|ndr"
    r"|bounces?|smtp-?gateway|imss|inetgw\d*|.*_mail_service|.*antivirus.*|maildelivery"
    r"|\"?system administrator\"?"
    r"|microsoftexchange[0-9a-f]*|noreply-?dmarc.*|daemon)@",
    re.IGNORECASE,
)
MAILER_NAME = re.compile(
    r"mail(?:er)?[ -]?(?:delivery|daemon|administrator)|delivery (?:sub)?system"
    r"|internet mail delivery|mail delivery"
    r"|postmaster|system administrator|mailserver|microsoft outlook$|jetmail",
    re.IGNORECASE,
)
SUBJECT = re.compile(
    r"(?:failure notice|failure delivery|returned mail|undelivered mail|undeliverable|undeliver"
    r"|undelivrable|mail delivery"
    r"|mail (?:could )?not (?:be )?delivered|mail error|mail system error|mail failed"
    r"|delivery (?:status|failure|failed"
    r"|report|notification|warning|error|delayed|has failed|unsuccessful|problem)|delivery (?:to"
    r"|of)\b.*(?:fail|delay)"
    r"|permanent delivery failure|message delivery|message delayed|delayed mail|non[- ]?delivery"
    r"|non remis|nondeliverable"
    r"|failed mail|processing error|warning: (?:message|could not send|.*user unknown)"
    r"|automatically rejected"
    r"|\[postmaster\]|delivery failure|returned to sender|mail returned"
    r"|your message to .* (?:could not|couldn)"
    r"|unzustellbar|nicht zustellbar|zustellung|mail konnte nicht|unbekannter empfänger"
    r"|nachricht nicht zugestellt"
    r"|no se puede entregar|no entregad|no se ha podido entregar|correo devuelto|fallo (?:en"
    r"|de) (?:la )?entrega"
    r"|notificación del estado de entrega|mancato recapito|recapito|non recapitabile"
    r"|impossibile recapitare"
    r"|mancata consegna|avis de non[- ]remise|non distribu|échec de la remise|échec de remise"
    r"|n'a pas pu être remis"
    r"|não entregue|não foi entregue|falha na entrega|devolvid|onbestelbaar|niet bestelbaar"
    r"|kan niet worden bezorgd"
    r"|niedostarczon|nie można dostarczyć|zwrot|недостав|не доставлен|невозможно доставить"
    r"|кан не доставлено"
    r"|olevererbart|går ej att leverera|kan ikke leveres|ikke leveret|uleverbar|toimittamaton"
    r"|ei voitu toimittaa"
    r"|nedoručiteln|nedoručen|kézbesíthetetlen|sikertelen kézbesítés|teslim edilemedi"
    r"|iletilemedi|(?:系统)?退信|无法投递|無法傳遞"
    r"|无法送达|邮件退回|メールエラー|エラー通知|送信エラー|メール送信失敗|반송|배달 ?실패"
    r"|전송 ?실패|配信不能|配信できません|送信できません|邮件传输失败|投递失败)",
    re.IGNORECASE,
)
SUBJECT_END = re.compile(
    r"[(:]\s{0,3}(?:delivery failed|non remis|undeliverable|nicht zustellbar)[^\n]{0,30}$",
    re.IGNORECASE,
)
# Sentences that only a mail server writes.
BODY = re.compile(
    r"(?:was|were|be|been|is)?\s*(?:un|not (?:be )?)(?:able to )?deliver(?:ed"
    r"|able)?\b[^\n]{0,60}(?:recipient|address|user|to:?\s*$)"
    r"|(?:could|can) ?not be delivered to|unable to deliver (?:mail|message|your|to)"
    r"|did not reach the following"
    r"|did not reach some or all|delivery (?:to the following|of email to|has failed|failed"
    r"|failure notification)"
    r"|deli?very to the following recipients?|following (?:recipient"
    r"|address)(?:\(?e?s\)?)?[^\n]{0,60}(?:fail|did not|could not|had|reached|have)"
    r"|did not receive (?:this|your|a copy of)|created automatically by (?:the )?mail delivery"
    r"|automated message created by mail"
    r"|permanent (?:fatal )?(?:delivery )?error|non-?delivery report|failed recipients?"
    r"|failed addresses follow"
    r"|(?:has|have) (?:not yet been|been) (?:delivered|delayed|postponed|returned because it)"
    r"|mail(?:box)? is full"
    r"|user(?:'s)? (?:unknown|mailbox)|unknown user|no such user|(?:was|has) not been delivered"
    r"|not been delivered"
    r"|invalid final delivery|undeliverable(?: to| address)|delivery failed"
    r"|transcript of (?:the )?session"
    r"|message not delivered|not delivered to|addressed to email address"
    r"|was automatically rejected|error-for:"
    r"|unable to deliver|could not deliver message|was not delivered|did not exactly match"
    r"|delivery problems"
    r"|not deliver|wasn't able to deliver|couldn't be delivered|problem delivering"
    r"|isn't able to deliver|rejected your message"
    r"|n'a pas pu|no ha podido ser entregad|no pudo ser entregad|konnte nicht|nicht zugestellt"
    r"|non è stato (?:possibile|recapitat)"
    r"|не может быть доставлен|невозможно доставить|não pôde ser entregue|kon niet worden|无法发送"
    r"|投递失败|無法|配信",
    re.IGNORECASE | re.MULTILINE,
)
# What a mail server answered, with its code (RFC 5321, section 4.2; RFC 3463).
SMTP_REFUSAL = re.compile(
    r"(?<![\d.])5[05]\d[ -]{1,3}(?:#?5\.\d{1,3}\.\d{1,3}\b|[^\n]{0,80}(?:user unknown|unknown user"
    r"|no such (?:user|recipient)|mailbox (?:unavailable|full|not found)|invalid recipient"
    r"|address rejected|not exist))",
    re.IGNORECASE,
)
FULL = re.compile(
    r"(?:mailbox|quota|inbox|storage|postfach|buz[óo]n|casella|bo[îi]te|caixa"
    r"|skrzynk\w+)[^\n]{0,40}"
    r"(?:full|exceeded|over quota|voll|lleno|llena|piena|pleine|cheia|przepe[łl]ni)"
    r"|over (?:its |their |the )?quota|quota exceeded|ящик переполнен|メールボックスが一杯"
    r"|邮箱已满|郵箱已滿",
    re.IGNORECASE,
)
# Where the report ends and what is returned begins.
COPY = re.compile(
    r"^[ \t>*|]{0,6}(?:[-=_*~]{2,80}.{0,3}(?:"
    r"(?:below|the header|this is (?:the|a) copy|this is your|start of returned|returned m"
    r"|original m|returned m|message header"
    r"|header of the source|message text follows|unsent message|below the next|included is"
    r"|forwarded|copy of"
    r"|attachment is|the following is|message removed|below this line|mensaje original"
    r"|original nachricht|ниже"
    r"|the header and top).{0,80})"
    r"|(?:the )?original (?:mail|message)(?: as received)?(?: is)?(?: as)? (?:follows|attached"
    r"|headers|details)\b.{0,40}"
    r"|here is (?:a copy|the).{0,60}|included (?:below )?is a copy.{0,40}"
    r"|message headers? follow.{0,10}"
    r"|a copy of (?:the|your) (?:original )?message.{0,40}"
    r"|a summary of the undelivered message.{0,40}"
    r"|your message reads.{0,20}|below is a copy.{0,40}|old message:|original message headers:"
    r"|the first \d+ lines of.{0,60}|diagnostic information for administrators:"
    r"|the original message follows.{0,5}"
    r"|return-path:.{0,100}|received: from .{0,200}|received: by .{0,200})\s*$",
    re.IGNORECASE | re.MULTILINE,
)
DELAYED = re.compile(
    r"not yet been delivered|still being retried|warning (?:message )?only|has been delayed"
    r"|have not yet received"
    r"|delivery attempts will continue|will (?:continue|be retried|keep) (?:trying|to|until)"
    r"|has been postponed|advisory-only"
    r"|noch nicht zugestellt|verzögert|wird weiter versucht|todavía no se ha|aún no se ha"
    r"|pas encore été|non è ancora stat"
    r"|message is delayed|delayed \d+ (?:hour|day)|will retry|retried for \d+ more",
    re.IGNORECASE,
)
GIVEN_UP = re.compile(
    r"permanent error|permanently|given up|giving up|not going to try again", re.IGNORECASE
)
