"""What programs and lawyers write above and below a person's words, in many languages."""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE

# These up to the adverts are looked for in lower case: so they are found several times as quickly.
# "Sent from my …": how it begins, and what may be named in it without a doubt.
SENT_FROM = (
    r"(?:sent|gesendet|gesandt|verschickt|geschickt|enviado|enviada|enviat|envoyé|envoyée|inviato|inviata"
    r"|spedito|verzonden|verstuurd|gestuurd|wysłano|wysłane|wysłana|отправлено|отправлен|послано"
    r"|надіслано|відправлено|skickat|skickades|sänt|sendt|sendte|lähetetty|odesláno|odoslané|poslané|posláno"
    r"|küldve|elküldve|küldtem|gönderildi|trimis|εστάλη|στάλθηκε|изпратено|được gửi|تم الإرسال"
    r"|أُرسلت|נשלח)"
)
PREPOSITION = (
    r"(?:from|via|using|with|by|on|von|vom|aus|mit|über|desde|de|da|do|del|mediante|con|depuis"
    r"|à partir de|a partir d[aeo]|az|avec"
    r"|dal|dalla|dall['’]|tramite|van|vanaf|vanuit|met|z|ze|za pomocą|przy użyciu|с|со|из|через"
    r"|при помощи|з|із|від"
    r"|från|med|fra|iphonesta|ze|zo|pomocí|din|από|от|từ|من|מ)"
)
DEVICES = re.compile(
    r"iphon|i-?pad|i-?pod|apple|macbook|\bmac\b|android|samsung|galaxy|huawei|honor|xiaomi|redmi"
    r"|mi ?phone"
    r"|nokia|lumia|htc|sony|xperia|\blg\b|motorola|moto\b|pixel\b|nexus|oneplus|oppo|vivo|realme|blackberry"
    r"|windows|phone|handy|mobil|móvil|movil|celular|cellulare|telefon|teléfono|téléphone|portable|telemóvel"
    r"|telefoon|tablet|smartfon|gsm|tel[eé]f|komórk|телефон|смартфон|планшет|устройств|пристро|puhelim"
    r"|matkapuhel|okostelefon|cihaz|手机|手機|携帯|スマートフォン|휴대|device|dispositivo|appareil|gerät|enhet|enhed"
    r"|outlook|gmail|yahoo|aol|proton|tuta|gmx|web\.de|mail\b|e-?mail app|mailbird|mailbox"
    r"|\bspark\b|edison"
    r"|airmail|mailspring|superhuman|\bhey\b|fastmail|zoho|\bnine\b|k-9|bluemail|typeapp|thunderbird|mail\.ru"
    r"|yandex|яндекс|почт|пошт|mymail|\bqq\b|foxmail|163|126|网易|t-online|telekom|vodafone|verizon|at&t|t-mobile"
    r"|orange|telstra|o2\b|sparrow|newton|boxer|em client|postbox|mutt|correo|correio|courrier"
    r"|poczt|posta|posti"
    r"|hotmail|icloud|naver|daum|kakao|superhuman|front\b|hubspot|missive|spike|canary|polymail",
)
# Those of them that mean something else as well.
ORDINARY = re.compile(
    r"phone|handy|mobil|móvil|movil|celular|cellulare|telefon|teléfono|téléphone|portable|telemóvel"
    r"|telefoon|tablet|smartfon|gsm|tel[eé]f|komórk|телефон|смартфон|планшет|устройств|пристро|puhelim"
    r"|cihaz|手机|手機|携帯|휴대|device|dispositivo|appareil|gerät|enhet|enhed|apple|\bmac\b|orange|o2"
    r"|nine|hey|front|boxer|newton|spike|canary|sparrow|mutt|spark|honor|pixel|sony|vivo|post",
)
# Whole lines, in the order of words of other languages.
MOBILE_LINES = re.compile(
    r"(?:get|hol(?:en)? sie sich|descargar?|obtén|obtener|obtenha|obter|baixar|télécharger"
    r"|obtenez|obtenir|ottieni|scarica|download"
    r"|pobierz(?: aplikację)?|получить|скачать|загрузите|hämta|hent|få|skaff(?: deg)?|hanki|získat"
    r"|töltse le|edinin|获取|下载|取得)?[: ]{0,2}(?:o |program )?outlook"
    r" (?:for|für|para|pour|per|voor|dla|для|för|til|pro|için) (?:systemu )?(?:ios|android|mac"
    r"|windows)(?: \S{2,20})?"
    r"|outlook (?:for|für|para|pour|per|voor|dla|для|för|til|pro|için) (?:ios|android)"
    r"(?: \S{2,20})?"
    r"|hanki outlook androidille|outlook beszerzése \w{3,12}"
    r"|az outlook \w{3,8}-verziójának beszerzése"
    r"|(?:android|ios) için outlook['’]?u (?:edinin|indirin)|取得 (?:android|ios) 版 outlook"
    r"|(?:android|ios)용 outlook 다운로드"
    r"|(?:get|obtener|obtenir|holen|ottieni|obter) bluemail [^\n]{3,30}"
    r"|(?:provenance|寄件者) ?[:：] [^\n]{2,20}windows[^\n]{0,6}"
    r"|windows (?:posta verziójából küldve|için posta ile gönderildi)"
    r"|get the new aol app[^\n]{0,40}"
    r"|(?:获取|下载|取得) ?outlook (?:for )?(?:ios|android)|(?:ios|android) ?版 ?outlook[^\n]{0,20}"
    r"|(?:von|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit)) (?:meinem|meiner|dem|einem|der)"
    r" [^\n]{1,60} (?:gesendet|versendet|verschickt|geschrieben)"
    r"|von (?:meinem|meiner) [^\n]{1,40}|von [^\n]{1,40} gesendet|vom (?:handy|iphone|ipad"
    r"|smartphone) gesendet"
    r"|(?:发自|發自|寄自|傳送自|來自|来自|从|從|自)[^\n]{0,4}我?的?[^\n]{1,40}(?:发送|傳送|发出)?"
    r"|[^\n]{1,30}(?:から送信(?:されました)?|より送信|で送信|から送信されたメール)"
    r"|(?:나의 |내 )?[^\n]{1,30}에서 (?:보냄|보낸 메일|발송)"
    r"|[^\n]{1,20}(?:['’]?(?:[ıiuü]m|m)?(?:dan|den|ımdan|imden))[^\n]{0,20}gönderildi"
    r"|lähetetty [^\n]{1,30}(?:sta|stä|lta|ltä)|[^\n]{1,20}(?:r[óő]l|ből|ból) küldve"
    r"|sent (?:from|via|with) (?:my )?[^\n]{1,60}|sent by [^\n]{1,20} for (?:ios|android)",
)
# What people and programs put beside such a line.
EXCUSES = re.compile(
    r"(?:please )?(?:excuse|forgive|pardon|apologies for|sorry for|ignore)[^\n]{0,30}"
    r"(?:brevity|typos|typo|errors|spelling|autocorrect|mistakes|thumbs)[^\n]{0,40}"
    r"|(?:bitte )?(?:entschuldigen|entschuldige|verzeihen)[^\n]{0,40}(?:kürze|tippfehler"
    r"|fehler)[^\n]{0,30}"
    r"|(?:disculpe|perdone|perdón)[^\n]{0,40}(?:brevedad|errores)[^\n]{0,30}"
    r"|(?:veuillez )?excuse[rz][^\n]{0,40}(?:brièveté|fautes)[^\n]{0,30}",
)
# What scanners and free mail providers add below.
ADVERTS = re.compile(
    r"(?:virus-?(?:free|frei)|virenfrei|libre de virus|sans virus|priva di virus|livre de vírus"
    r"|без вирусов)\b[^\n]{0,80}"
    r"|(?:this (?:e-?mail|message) has been (?:checked|scanned)|diese e-?mail wurde (?:von"
    r"|auf) [^\n]{0,30}vir"
    r"|este (?:correo|e-?mail|mensaje) ha sido (?:comprobado|analizado)|l['’]absence de virus"
    r"|questa e-?mail è stata (?:controllata|esaminata)|este e-?mail foi (?:verificado|escaneado)"
    r"|deze e-?mail is gecontroleerd|wolny od wirusów|это сообщение проверено)[^\n]{0,200}"
    r"|(?:please )?(?:consider|think (?:of|about)) the environment[^\n]{0,120}"
    r"|(?:think|save paper)[^\n]{0,20}before (?:you )?print[^\n]{0,80}"
    r"|bitte (?:denken|prüfen) sie[^\n]{0,60}(?:umwelt|ausdruck|drucken)[^\n]{0,80}"
    r"|antes de imprimir[^\n]{0,160}|pensez à l['’]environnement[^\n]{0,120}"
    r"|(?:please )?reply to this e-?mail directly[^\n]{0,160}|view it on git[^\n]{0,80}"
    r"|you(?: are receiv| receiv)(?:ing|ed) this (?:message |e-?mail )?because[^\n]{0,200}"
    r"|(?:avast|avg) logo|www\.(?:avast|avg)\.com[^\n]{0,40}",
)

# How a legal notice opens, and the words that make one: three of them at least, so that a
# person's "This message was meant for Bob" stays.
LEGAL_OPENING = re.compile(
    r"\s{0,4}[*_\[(\"]{0,3}(?:confidential|strictly confidential|disclaimer|legal (?:notice"
    r"|disclaimer)|privileged"
    r"|important(?: notice)?\s*:|notice:|internet e-?mail|please note:? this"
    r"|(?:this|the (?:information|content|contents)\b[^\n]{0,60}this) (?:e-?mail|message"
    r"|communication|transmission)"
    r"|the (?:information|contents?) (?:contained|transmitted|in)|any (?:views|opinions)"
    r"|if you (?:have|are)[^\n]{0,20}"
    r"(?:received|not the)|diese (?:e-?mail|nachricht|mail)|der inhalt dieser"
    r"|die(?: in dieser)? [^\n]{0,30}information"
    r"|vertraulichkeit|haftungsausschluss|rechtlicher hinweis|wichtiger hinweis|aviso"
    r"|advertencia legal|nota (?:legal|de confid)"
    r"|este (?:mensaje|correo|e-?mail)|el contenido de este"
    r"|la (?:presente )?información (?:contenida|incluida)|esta mensagem"
    r"|esta mensaje|as informações|este e-?mail|o conteúdo|questo (?:messaggio|documento)"
    r"|le informazioni|questa (?:e-?mail|comunicazione)"
    r"|ai sensi|il contenuto|avvertenz|ce (?:message|courriel|mail|courrier)|cet e-?mail"
    r"|les informations|avis (?:de confid|juridique)"
    r"|l['’]information|dit (?:e-?mail)?\s?-?bericht|deze (?:e-?mail|boodschap)|de (?:informatie"
    r"|inhoud)|de in dit|ta wiadomość"
    r"|niniejsza|informacj[ae]|treść (?:tej|niniejszej)|uwaga|zastrzeżenie|настоящее"
    r"|это (?:сообщение|электронное|письмо)"
    r"|данное (?:сообщение|письмо)|информация|внимание|це повідомлення|ця інформація"
    r"|detta (?:e-?post)?\s?-?(?:meddelande|mail)"
    r"|denna? (?:e-?post|e-?mail|mail)|innehållet|informationen|dett?e (?:e-?mail|e-?post"
    r"|meddelelse|mail)|denne (?:e-?mail|e-?post|meddelelse|mail)"
    r"|indholdet|innholdet|tämä (?:viesti|sähköposti)|tämän (?:viestin|sähköpostin)"
    r"|tat[oá] (?:zpráva|správa|e-?mail)|tento e-?mail"
    r"|obsah|informace|upozorn|ez az (?:e-?mail|üzenet|elektronikus)|a jelen|jelen|az üzenet"
    r"|bu (?:e-?posta|ileti|mesaj|elektronik)"
    r"|yasal uyarı|gizlilik|本邮件|本郵件|此邮件|此電子郵件|本電子郵件|免责声明"
    r"|このメール|本メール|이 (?:메일|이메일|전자우편)|본 메일)",
    _FLAGS,
)
# The beginnings of all these.
NOTICE_BEGINS = tuple(
    "confid strict disclaim legal privileg important notice internet please this the any if diese"
    " der die vertraulich haftung rechtlich wichtig aviso advertencia nota este el la esta as o"
    " questo le questa ai il avvertenz ce cet les avis l' l’ dit deze de ta niniejsz informac treść"
    " uwaga zastrzeż настоящ это данн информ внимание це ця detta denna innehåll dette dete denne"
    " indhold innhold tämä tat tento obsah upozorn ez a jelen az bu yasal gizlilik 本 此 免责 この"
    " 이".split()
)
LEGAL_WORDS = re.compile(
    r"confiden[tcz]|privileg|intended|recipient|addressee|unauthori[sz]ed|disclos|dissemin"
    r"|prohibited|notify|delete|in error"
    r"|vertraulich|adressat|empfänger|unbefugt|irrtümlich|vernichten|löschen|benachrichtig"
    r"|destinat|prohibid|divulg|elimin|borr|por error"
    r"|proteg|sigilo|proibid|riservat|vietat|cancell|errore|erreur|détrui|interdit|supprim|confidentiel|vertrouwelijk|geadresseerde|bestemd|onbevoegd"
    r"|verwijder|verboden|poufn|adresat|usun|zabronion|odbiorc|конфиденц|адресат|получател|удал|запрещ|ошибк|конфіденц|отримувач|видал"
    r"|konfidenti|mottagare|modtager|mottaker|radera|slett|förbjud|forbudt|fortrolig|sekretess|fejl|feil|luottamuksel|vastaanottaja|poista|kielletty"
    r"|důvěrn|příjemc|smaž|vymaž|omyl|zakázán|dôvern|bizalmas|címzett|töröl|tilos|téved|tiltott|gizli|alıcı|siliniz|yasak|yanlış"
    r"|机密|機密|保密|收件人|删除|刪除|禁止|错误|錯誤|秘密|受信者|宛先|削除|誤って|기밀|수신자|삭제|금지",
    _FLAGS,
)

# What stands beside a legal notice: facts of a company, what its programs did.
NOTICE_WORDS = re.compile(
    r"\b(?:virus(?:es)?|viren|virii?|swept|scann?ed|opinions?|views|registered|company|ltd|inc|gmbh|ag"
    r"|hrb|geschäftsführ\w{0,6}|vorstand|s\.?[al]\.?|srl|spa|b\.?v\.?|footnote|liab\w{2,8}|copyright"
    r"|contract|vat|ust|nif|cif|p\.? ?iva|siret|kvk|org\.?nr|ab|oy|a/s"
    r"|datenschutz|privacy|gdpr|rgpd)\b"
    r"|https?://|www\.",
    _FLAGS,
)

# Warnings that servers put in: a word for caution or an outside sender, and one for outside.
OUTSIDE = re.compile(
    r"(?:external|outside|e(?:x|ks)tern\w{0,3}|fuera|ajen[oa]|esterno|all['’]esterno"
    r"|dall['’]esterno|extérieur|hors de|au dehors|de fora|exterior"
    r"|buiten|zewn\w{1,8}|spoza|внешн\w{1,5}|вне |извне|зовнішн\w{1,5}|utanför|utenfor|udefra"
    r"|ulkopuol\w{1,6}|ulkoi\w{1,6}|mimo|zvenčí"
    r"|extern[íé]\w{0,3}|külső|kívülről|dış(?:arı)?\w{0,6}|外部|组织外|組織外|社外|외부"
    r"|unknown sender"
    r"|not recogni[sz]e)",
    _FLAGS,
)
# What such warnings go on with: where the mail is from, and what not to touch.
SUSPECT = re.compile(
    r"sender|originat|organi[sz]|company|click|\blinks?\b|attachment|absender|stammt|kommt von"
    r"|klick|anh[aä]ng|gesendet|remitente|procede"
    r"|proviene|enlace|adjunto|clic|mittente|allegat|expéditeur|provient|pièce|émetteur|remetente|provém|anexo|clique|afzender|afkomstig"
    r"|bijlage|nadawc|pochodzi|załącz|klika|отправител|поступил|пришло|вложен|ссылк|організаці"
    r"|надійшл|avsändar|kommer från|bifog|länk"
    r"|afsender|kommer fra|avsender|vedhæft|vedlegg|lähettäjä|tulee|liitte|linkk|odesíl|pochází"
    r"|přílo|odkaz|feladó|érkezett|csatolm"
    r"|gönderen|geldi|gelmiş|kuruluş|bağlant|发件人|寄件者|链接|連結|附件|送信者|添付|リンク|발신|링크",
    _FLAGS,
)
WARNS = re.compile(
    r"\s{0,4}[\[*(!⚠ ]{0,6}(?:caution|warning|external|attention|be careful|beware|notice|alert"
    r"|security|this (?:e-?mail|message) (?:is|was|came|comes|originated|has)"
    r"|achtung|vorsicht|warnung|hinweis|diese (?:e-?mail|nachricht|mail)|atención|precaución"
    r"|advertencia|aviso|cuidado|atenção|este (?:correo|mensaje|e-?mail)"
    r"|esta mensagem|attenzione|avviso|questa e-?mail|questo messaggio|avertissement|prudence"
    r"|ce (?:message|courriel|mail)|cet e-?mail|let op|waarschuwing|opgelet"
    r"|deze e-?mail|dit bericht|uwaga|ostrzeżenie|ta wiadomość|внимание|осторожно|предупреждение"
    r"|это (?:письмо|сообщение)|увага|обережно|varning|obs\b|viktigt"
    r"|detta|advarsel|forsiktig|pas på|vær|denne|varoitus|huomio|tämä|upozornění|varování|pozor"
    r"|tento|tato|figyelem|figyelmeztetés|ez az|dikkat|uyarı"
    r"|bu e-?posta|注意|警告|警示|此邮件|此電子郵件|このメール|주의|extern)",
    _FLAGS,
)
EXTERNAL_ALONE = re.compile(
    r"\s{0,4}[\[*(]{1,5} ?(?:external|extern[eo]?[rns]?|esterno|zewnętrzn\w{1,3}|внешн\w{2,4}"
    r"|ekstern\w{0,2}|外部|extérieur)"
    r"(?: e-?mail| sender| message| mail)? ?[\])*]{1,5}\s*$"
    r"|\s{0,4}external (?:e-?mail|sender|message)[.:!]?\s*$"
    r"|\s{0,4}\[?(?:you don['’]t often get email from"
    r"|some people who received this message don['’]t often"
    r"|sie erhalten nicht (?:häufig|oft) e-?mails? von"
    r"|no suele recibir correos? electrónicos? de|no sueles recibir correos"
    r"|vous ne recevez pas souvent de courriers? (?:de la part )?d"
    r"|vous n['’]obtenez pas souvent d|non si ricevono spesso messaggi"
    r"|non ricevi spesso|você não costuma receber e-?mails?|não costuma receber e-?mails?"
    r"|u ontvangt niet vaak e-?mail"
    r"|nie otrzymujesz często|вы нечасто получаете|du får inte ofta e-?post"
    r"|du får ikke ofte (?:e-?post|mail|e-?mail)|et saa usein"
    r"|nedostáváte často|nem gyakran kap|sık sık e-?posta almıyorsunuz|你不经常收到"
    r"|您不經常收到)[^\n]{0,300}$",
    _FLAGS,
)
BANNER_TAG = re.compile(r"\s{0,4}ZjQcmQRYFpfpt\w{4,30}\s*$")
