"""The words of vacation programs, language by language.

``ABSENT`` is what only somebody away says of themselves, ``MACHINE`` what only a program says of
its own message; ``LATER`` promises an answer, ``INSTEAD`` names others who help, ``THANKS``
thanks for the mail, ``WHEN`` says until when, ``CUT_OFF`` that mail is hardly read. English,
Spanish, Italian, French, German, Portuguese, Dutch, Polish, Russian, Swedish, Danish, Norwegian,
Finnish, Czech, Hungarian, Turkish, Chinese, Japanese.
"""

from __future__ import annotations

import re

from gateway.channels.email.reading.stems import pattern_of


def _any(*phrases: str) -> re.Pattern[str]:
    return re.compile("|".join(phrases), re.IGNORECASE)


def _clues(words: str) -> re.Pattern[str]:
    return re.compile(pattern_of(words.split("|")))


# Within a sentence; a date may have dots of its own.
_MID = r"(?:[^.!?\n]|(?<=\d)\.){0,60}"

# What a subject begins with, and then a colon or nothing more.
TITLE = _any(
    r"auto(?:matic|mated)?[ -]?(?:reply|response|answer|respond(?:er)?)|autoreply|autoresponder",
    r"out of (?:the )?office (?:auto[ -]?)?(?:reply|response|notification|message)",
    r"(?:ooo|vacation|holiday|absence)[ -](?:auto[ -]?)?(?:reply|response|notice|message)",
    r"respuesta autom[aá]tica|autorrespuesta|autorespuesta|contestaci[oó]n autom[aá]tica",
    r"(?:mensaje|aviso|respuesta) (?:autom[aá]tic[oa] )?(?:de|por) ausencia",
    r"risposta automatica|risponditore automatico|avviso di assenza|messaggio di assenza",
    r"r[ée]ponse automatique|(?:message|avis|notification) d['’ ]absence",
    r"automatische (?:antwort|abwesenheitsnotiz|r[üu]ckmeldung|nachricht)|auto-?antwort",
    r"abwesenheits(?:notiz|meldung|benachrichtigung|hinweis|nachricht|assistent)",
    r"resposta autom[aá]tica|aviso de aus[êe]ncia|mensagem (?:autom[aá]tica|de aus[êe]ncia)",
    r"automatisch(?:e)? (?:antwoord|beantwoording|bericht|afwezigheidsbericht)",
    r"afwezigheids(?:bericht|assistent|melding)",
    r"autoodpowied[źz]|automatyczna odpowied[źz]|odpowied[źz] automatyczna",
    r"автоматический ответ|автоответ(?:чик)?|автоматична відповідь",
    r"autosvar|automatiskt? svar|fr[åa]nvaromeddelande|frav[æa]rs(?:melding|besked|assistent)",
    r"automaattinen vastaus|poissaolo(?:viesti|ilmoitus)",
    r"automatick[áa] odpov[ěe][dď]|oznámení o nepřítomnosti",
    r"automatikus (?:válasz|üzenet)|házon kívül",
    r"otomatik (?:yan[ıi]t|cevap|mesaj)",
    r"自动(?:回复|答复|回覆)|自動回[覆復]|自動(?:応答|返信)|不在(?:通知|の?お知らせ)",
    r"자동 ?(?:회신|응답)|r[ăa]spuns automat|αυτόματη απάντηση",
)
# A person may ask about these; the text must say more.
HINT = _any(
    r"out of (?:the |my )?office|away from (?:the |my )?office|ooo\b",
    r"(?:i am |i'm )?(?:away|on (?:vacation|holiday|leave|annual leave|parental leave))\b",
    r"fuera de (?:la )?oficina|ausente|ausencia|de vacaciones|vacaciones",
    r"fuori (?:ufficio|sede)|assenza|assente|in ferie|ferie",
    r"absente?|absence|en cong[ée]s?|cong[ée]s",
    r"abwesenheit|abwesend|nicht im b[üu]ro|au(?:ß|ss)er haus|(?:im )?urlaub",
    r"fora do escrit[óo]rio|aus[êe]ncia|de f[ée]rias|f[ée]rias",
    r"afwezig(?:heid)?|niet aanwezig|(?:met )?vakantie|buiten kantoor",
    r"nieobecno[śs][ćc]|poza biurem|urlop|na urlopie",
    r"отсутств|вне офиса|в отпуске|отпуск",
    r"fr[åa]nvaro|ej p[åa] kontoret|p[åa] semester|semester",
    r"frav[æa]r|ikke p[åa] kontoret|p[åa] ferie",
    r"poissa|lomalla|poissaolo",
    r"nep[řr][íi]tomnost|mimo kancel[áa][řr]|dovolen[áa]",
    r"t[áa]voll[ée]t|szabads[áa]g",
    r"ofis d[ıi][şs][ıi]|izindeyim|[İi]zin\b",
    r"不在|外出|休假|放假|休暇|夏季休業",
)
ABSENT = _any(
    r"\b(?:i am|i'm|i will be|i'll be|we are|our office is)\b"
    + _MID
    + r"(?:out of (?:the |my |our )?"
    r"office|\baway\b|on (?:\w+ )?(?:vacation|holiday|leave|business)|travel|unavailable|closed)",
    r"\bi (?:no longer work|(?:have left|left|am no longer (?:with|at|working)))\b",
    r"\b(?:estoy|estar[ée]|me encuentro|me encontrar[ée])\b"
    + _MID
    + r"(?:fuera|ausente|de vacaciones|de baja|de permiso)",
    r"ya no trabajo (?:en|para)|non lavoro pi[ùu] (?:in|per|presso)|je ne travaille plus"
    r"|arbeite (?:ich )?nicht mehr (?:bei|f[üu]r|hier)|j[áa] n[ãa]o trabalho"
    r"|werk(?: ik)? niet (?:meer|langer)",
    r"\bnon (?:sono|sar[òo])\b (?:\w+ ){0,2}(?:in (?:ufficio|sede)|disponibile|raggiungibile)",
    r"\bactuellement (?:en d[ée]placement|absent|en cong|en vacances)",
    r"\b(?:sono|sar[òo])\b" + _MID + r"(?:assente|fuori|in ferie|in vacanza)",
    r"\bje (?:suis|serai)\b" + _MID + r"(?:absent|en cong|en vacances|en d[ée]placement)",
    r"\b(?:ich bin|bin ich|ich befinde mich)\b(?:[^.!?\n]|(?<=\d)\.){0,80}(?:nicht (?:im|am"
    r"|er)|abwesend|urlaub"
    r"|au(?:ß|ss)er haus|elternzeit|unterwegs)",
    r"\b(?:estou|estarei|encontro-me)\b" + _MID + r"(?:fora|ausente|de f[ée]rias|de licen[çc]a)",
    r"\b(?:ik ben|ben ik)\b" + _MID + r"(?:afwezig|vakantie|niet (?:aanwezig|op kantoor)|verlof)",
    r"\b(?:jestem|przebywam|b[ęe]d[ęe])\b" + _MID + r"(?:nieobecn|urlop|poza biurem)",
    r"нахожусь"
    + _MID
    + r"(?:отпуск|вне|командировк)|\bотсутствую|\bбуду отсутствовать|я в отпуске|меня не будет",
    r"\bjag (?:är|ar)\b"
    + _MID
    + r"(?:inte p[åa] (?:kontoret|plats)|borta|fr[åa]nvarande|semester|ledig"
    r"|bortrest|f[öo]r[äa]ldraledig)",
    r"\bjeg (?:er|har|holder)\b"
    + _MID
    + r"(?:ikke (?:p[åa]|til stede)|ferie|frav[æa]r|permisjon|orlov|bortreist)",
    r"\bolen\b" + _MID + r"(?:poissa|lomalla|tavoittamattomissa|vapaalla)",
    r"\ben ole\b" + _MID + r"(?:tavoitettavissa|toimistolla|paikalla)",
    r"[čc]erp[áa]m" + _MID + r"dovolen",
    r"\b(?:jsem|budu|nejsem)\b" + _MID + r"(?:mimo kancel|nep[řr][íi]tom|dovolen|k zasti[žz]en)",
    r"(?:szabads[áa]gon (?:vagyok|leszek)|nem vagyok (?:az )?irod|t[áa]vol vagyok"
    r"|h[áa]zon k[íi]v[üu]l)",
    r"(?:izindeyim|izinde olaca|ofis d[ıi][şs][ıi]nday[ıi]m|ofiste (?:de[ğg]ilim|olmayaca))",
    r"(?:我|本人)[^。！？\n]{0,30}(?:不在|休假|外出|出差|放假)",
    r"(?:不在に(?:して|いた)|不在となり|休暇(?:中|をいただ|を取)|出張(?:中|しており)|外出しており)",
)
# In lower case, and quickly found: without one of these nothing of ABSENT is there …
CLUES_OF_ABSENCE = _clues(
    "office|away|vacation|holiday|leave|business|travel|unavailable|closed|no longer|left"
    "|fuera|ausente|vacaciones|baja|permiso|trabajo|lavoro|travaille|arbeite|trabalho|werk|ufficio"
    "|sede|disponibile|raggiungibile|actuellement|assente|fuori|ferie|vacanz|absent|en cong"
    "|vacances|placement|nicht|abwesend|urlaub|haus|elternzeit|unterwegs|fora|rias|licen|afwezig|vakantie"
    "|aanwezig|kantoor|verlof|nieobecn|urlop|poza biurem|нахожусь|отсутств|отпуск|не будет|kontoret"
    "|plats|borta|nvarande|semester|ledig|bortrest|ikke|frav|permisjon|orlov|bortreist|poissa"
    "|lomalla|tavoit|vapaalla|toimistolla|paikalla|dovolen|kancel|nep|zasti|szabads|irod|vol vagyok"
    "|zon k|zinde|ofis|不在|休假|外出|出差|放假|休暇|出張"
)
MACHINE = _any(
    r"this is an? (?:automat(?:ic|ed)|auto-?generated)|automatically generated (?:reply"
    r"|message|response)",
    r"(?:este es un|esta es una)\b" + _MID + r"autom[aá]tic|generad[oa] autom[aá]ticamente",
    r"(?:questo [èe] un|questa [èe] una)\b" + _MID + r"automatic|generat[oa] automaticamente",
    r"ceci est (?:un|une)\b" + _MID + r"automatique|g[ée]n[ée]r[ée]e? automatiquement",
    r"(?:dies(?:e|es)?|das) ist eine"
    + _MID
    + r"automat|automatisch (?:generiert|erzeugt|erstellt|versandt|gesendet)",
    r"(?:esta [ée] uma|este [ée] um)\b" + _MID + r"autom[aá]tic|gerad[oa] automaticamente",
    r"dit is een" + _MID + r"automatisch|automatisch (?:gegenereerd|verzonden)",
    r"(?:to jest|wiadomo[śs][ćc])" + _MID + r"automatyczn|wygenerowan[ay] automatycznie",
    r"это (?:письмо|сообщение)?"
    + _MID
    + r"(?:автоматическ|автоответ)|(?:создано|отправлено) автоматически",
    r"detta [äa]r ett" + _MID + r"automat|automatiskt (?:genererat|skickat)|autosvar",
    r"dette er e[nt]t?" + _MID + r"automat|automatisk (?:generert|genereret|sendt|afsendt)",
    r"t[äa]m[äa] on" + _MID + r"automaatti|automaattinen (?:vastaus|viesti)",
    r"(?:toto|tato)" + _MID + r"automatick|automaticky (?:vygenerov|odesl)",
    r"ez egy" + _MID + r"automatikus|automatikusan (?:gener[áa]lt|k[üu]ld[öo]tt)",
    r"bu (?:bir )?otomatik|otomatik olarak (?:olu[şs]turul|g[öo]nderil)",
    r"(?:这是|此|本)(?:邮件|信)?" + _MID + r"自动(?:回复|发送|生成|答复)|系统自动",
    r"(?:この|本)(?:メール|メッセージ)は[^。\n]{0,30}自動|自動(?:返信|送信|応答)(?:メール|され|で)",
)
# … and without one of these nothing of MACHINE.
CLUES_OF_MACHINES = _clues("auto|otomatik|авто|自动|自動")
LATER = _any(
    r"(?:reply|respond|answer|get back to you|attend to|read)\b"
    + _MID
    + r"(?:as soon as|when i|upon (?:my )?return|after|on my return)"
    r"|(?:be )?back (?:in the office )?on\b",
    r"(?:responder[ée]|contestar[ée]|le atender[ée])|a mi (?:vuelta|regreso)",
    r"risponder[òo]|al mio (?:rientro|ritorno)",
    r"(?:r[ée]pondrai|[àa] mon retour|d[èe]s mon retour)",
    r"(?:beantworte|melde mich|antworten|bearbeite)"
    + _MID
    + r"(?:r[üu]ckkehr|zur[üu]ck|sobald|danach|schnellstm)"
    r"|nach meiner r[üu]ckkehr|(?:wieder|zur[üu]ck) (?:im b[üu]ro|erreichbar|da)",
    r"responderei|no meu regresso|ap[óo]s o meu retorno|quando (?:eu )?(?:regressar|retornar"
    r"|voltar)",
    r"(?:beantwoord|reageer)"
    + _MID
    + r"(?:terug|zodra)|na mijn (?:terugkeer|vakantie)|ben (?:ik )?(?:weer|terug)",
    r"odpowiem|odpisz[ęe]|po (?:moim )?powrocie",
    r"отвечу|по возвращении|после возвращения",
    r"(?:svarar|[åa]terkommer|besvarar)"
    + _MID
    + r"(?:tillbaka|n[äa]r|efter)|(?:[äa]r )?tillbaka (?:p[åa]|den|igen)",
    r"(?:svarer|besvarer|vender)"
    + _MID
    + r"(?:tilbage|tilbake|n[åa]r|etter|efter)|(?:er )?(?:tilbake|tilbage) (?:p[åa]|den|igen)",
    r"vastaan|palaan|palattuani",
    r"odpov[íi]m|po (?:sv[ée]m |m[ée]m )?n[áa]vratu|ozvu se",
    r"v[áa]laszol(?:ok|ni)|visszat[ée]r[ée]sem",
    r"d[öo]nd[üu][ğg][üu]mde|d[öo]n[üu][şs]t[üu]mde|yan[ıi]tlayaca",
    r"回来后|返回后|(?:尽快|稍后)[^。\n]{0,10}(?:回复|答复)",
    r"(?:戻り次第|出社後|帰社後|休暇明け|改めて)|(?:ご)?(?:返信|回答|対応)(?:させて|いたし)",
)
INSTEAD = _any(
    r"(?:direct|send|address)\b" + _MID + r"(?:enquir|inquir|request|questions|mails?\b)",
    r"(?:urgent|immediate|emergency|assistance|my absence|meantime)"
    + _MID
    + r"(?:contact|call|e?-?mail|reach|write)",
    r"(?:please )?contact\b"
    + _MID
    + r"(?:urgent|immediate|my absence|instead)|limited access to (?:my )?e?-?mail",
    r"urgen(?:te|cia)" + _MID + r"(?:contact|llam|escrib|dir[íi]ja)|en mi ausencia",
    r"urgen(?:te|ti|za)" + _MID + r"(?:contattare|rivolgersi|scrivere|chiamare)|in mia assenza",
    r"urgen(?:ce|t|te)" + _MID + r"(?:contact|adresse|joindre|appel)|en mon absence",
    r"(?:dringend|notf[äa]ll)"
    + _MID
    + r"(?:wenden|kontakt|erreich|anruf)|wenden sie sich|nicht weitergeleitet|meine vertretung",
    r"urg[êe]n(?:te|cia)" + _MID + r"(?:contact|contat|ligue|favor)|na minha aus[êe]ncia",
    r"(?:dringend|spoed)" + _MID + r"(?:contact|bel|mail|bereik)|tijdens mijn afwezigheid",
    r"piln(?:ych|e|ej|ie)" + _MID + r"(?:kontakt|prosz)|podczas mojej nieobecno",
    r"(?:срочн|неотложн)" + _MID + r"(?:обра|звон|пиш|свя)|в мое отсутствие|в моё отсутствие",
    r"br[åa]dskande" + _MID + r"(?:kontakt|ring|mail)|under min fr[åa]nvaro",
    r"(?:haste|presser|akut|viktig)"
    + _MID
    + r"(?:kontakt|ring|mail|skriv)|i mit frav[æa]r|i mitt frav[æa]r",
    r"kiireelli" + _MID + r"(?:yhtey|ottakaa|ota|soita)|poissa ?oloni aikana",
    r"(?:nal[ée]hav|urgentn)" + _MID + r"(?:kontakt|obra|vol)|v m[ée] nep[řr][íi]tomnosti",
    r"s[üu]rg[őo]s" + _MID + r"(?:keres|fordul|h[íi]v|[íi]rj)|t[áa]voll[ée]tem",
    r"acil" + _MID + r"(?:ula[şs]|ileti[şs]im|ara)|yoklu[ğg]umda",
    r"(?:紧急|急事|如有急)[^。\n]{0,30}(?:联系|致电|请)",
    r"(?:お急ぎ|緊急)[^。\n]{0,40}(?:連絡|まで|電話)",
)
THANKS = _any(
    r"thank(?:s| you) for (?:contacting|writing|reaching|(?:your|the) (?:\w+ )?"
    r"(?:e-?mail|mail|message|note|inquiry|enquiry|request|interest))",
    r"gracias por (?:su|tu|el|escrib|contactar)|grazie per (?:la|il|aver)|merci (?:de|pour) votre",
    r"(?:vielen )?dank f[üu]r (?:ihre|deine|die) (?:e-?mail|nachricht|mail|anfrage)",
    r"obrigad[oa] pel[oa]|bedankt voor (?:uw|je)|dzi[ęe]kuj[ęe] za|(?:спасибо|благодарю) за",
    r"tack f[öo]r ditt|takk? for (?:din|e-?post)|tak for din|kiitos (?:viesti|s[äa]hk)",
    r"d[ěe]kuji za|k[öo]sz[öo]n[öo]m (?:a |az )?(?:lev|[üu]zenet|e-?mail)|(?:mesaj"
    r"|e-?posta)\w* i[çc]in te[şs]ekk",
    r"(?:感谢|谢谢)您的(?:来信|邮件)|メール(?:を|いただき)?[^。\n]{0,15}ありがとう"
    r"|ご連絡[^。\n]{0,15}ありがとう",
)
_DAY = (
    r"(?:\W{0,3}\w{0,12}\W){0,3}?(?:\d{1,2}\b|mon|tues|wednes|thurs|fri|lun|mar|mi[ée]r|mer|jeu|jue"
    r"|ven|vier|gio|mo\b|dien|mitt|donn|frei|seg|ter[çc]|qua|qui|sex|maan|din|woe|don|vrij|pon"
    r"|wt|[śs]r"
    r"|czw|pi[ąa]|понед|втор|сред|четв|пятн|m[åa]n|tis|tir|ons|tor|fre|ma\b|ti\b|ke\b|to\b|pe\b)"
)
WHEN = re.compile(
    r"\b(?:back|return(?:ing)?|until|through|hasta|vuelta|regreso|vuelvo|fino|rientr\w{1,4}"
    r"|torn\w{1,5}"
    r"|ritorno|jusqu|retour|reviens|bis|ab dem|zur[üu]ck|wieder|at[ée]|regresso|volto|retorno"
    r"|tot|terug"
    r"|vanaf|do|wracam|wr[óo]c[ęe]|od|до|по|вернусь|till|tillbaka|[åa]ter|indtil|tilbage|til"
    r"|tilbake|asti"
    r"|saakka|palaan|vr[áa]t[íi]m|zp[ěe]t|kadar|d[öo]nece\w{0,4})\b"
    + _DAY
    + r"|\d(?:[^.!?\n]|(?<=\d)\.){0,12}(?:asti|saakka|-?(?:ig|[áa]n|[ée]n)\b|kadar|t[ée]rek vissza)"
    r"|\d{1,2} ?[日号][^。！？\n]{0,8}(?:回|返|まで|以降|から)|(?:至|到|于|於)[^。！？\n]{0,8}\d",
    re.IGNORECASE,
)
CUT_OFF = _any(
    r"(?:limited|no|without|intermittent|sporadic) access to (?:my )?(?:e-?mail|mail|messages)"
    r"|\bnot (?:be )?(?:reading|checking|monitoring) (?:my )?(?:e-?mails?|mail|messages|inbox)\b",
    r"(?:acceso limitado|sin acceso|no tendr[ée] acceso|no leer[ée])" + _MID + r"correo",
    r"(?:accesso limitato|non (?:ho|avr[òo]) accesso)" + _MID + r"(?:posta|e-?mail)",
    r"(?:acc[èe]s limit[ée]|pas acc[èe]s|sans acc[èe]s)" + _MID + r"(?:messagerie|mail|courriel)",
    r"(?:kein\w{0,2}|eingeschr[äa]nkt\w{0,2}|nur (?:unregelm|gelegentlich))"
    + _MID
    + r"(?:zugriff|zugang|e-?mail|nachrichten)",
    r"(?:acesso limitado|sem acesso)" + _MID + r"e-?mail|(?:geen toegang|beperkt)" + _MID + r"mail",
    r"lees (?:ik )?(?:mijn )?(?:e-?)?mail niet|lees mijn (?:e-?)?mail niet",
    r"(?:ograniczon|nie mam|brak)" + _MID + r"dost[ęe]p" + _MID + r"(?:poczt|mail)",
    r"(?:нет|без|ограничен\w{0,3})" + _MID + r"доступ" + _MID + r"почт",
    r"(?:begr[äa]nsad|ingen)" + _MID + r"(?:tillg[åa]ng|mejl|e-?post)",
    r"(?:begr[æa]nset|begrenset|ingen)" + _MID + r"(?:adgang|tilgang|mail|e-?post)",
    r"en (?:lue|p[äa][äa]se)"
    + _MID
    + r"s[äa]hk[öo]posti|(?:nem[áa]m|omezen)"
    + _MID
    + r"p[řr][íi]stup",
    r"nem (?:olvas|f[ée]rek)"
    + _MID
    + r"(?:lev[ée]l|e-?mail)|eri[şs]im"
    + _MID
    + r"(?:yok|s[ıi]n[ıi]rl)",
    r"(?:无法|不能|不便)[^。\n]{0,10}(?:查收|收取|阅读|查看)[^。\n]{0,4}(?:邮件|邮箱)",
    r"メールの?(?:確認|返信)[^。\n]{0,12}(?:でき|遅れ)",
)
