"""Replies that are HTML alone, as clients build them: {own} are the words of who answers.

What is quoted has "Old words" in it. Attributions and labels that no table of words could know
("qwerty") show that the client's own marks are enough.
"""

# fmt: off
# ruff: noqa: E501
_BLOCK = "<b>From:</b> Bob &lt;bob@example.com&gt;<br><b>Sent:</b> Monday, October 5, 2020 10:00<br><b>To:</b> Ada<br><b>Subject:</b> x"
_FOREIGN = "<b>Qwe:</b> Bob &lt;bob@example.com&gt;<br><b>Rty:</b> Qwertz 5<br><b>Uio:</b> Ada<br><b>Pas:</b> x"
MARKUP = {
    "gmail": '<div dir="ltr">{own}</div><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">qwerty<br></div><blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex">Old words</blockquote></div>',
    "gmail, of old": '<div dir="ltr">{own}</div><div class="gmail_extra"><br><div class="gmail_quote">On Mon, Oct 5, 2020 at 10:00 AM, Bob <span dir="ltr">&lt;<a href="mailto:bob@example.com">bob@example.com</a>&gt;</span> wrote:<br><blockquote class="gmail_quote">Old words</blockquote></div></div>',
    "gmail, newest": '<div dir="ltr">{own}</div><br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">qwerty<br></div><blockquote class="gmail_quote">Old words</blockquote></div>',
    "thunderbird": '<p>{own}</p><div class="moz-cite-prefix">qwerty<br></div><blockquote type="cite" cite="mid:1@x"><p>Old words</p></blockquote>',
    "apple": '<div>{own}</div><div><br><blockquote type="cite"><div>On 5 Jan 2026, at 10:00, Bea wrote:</div><br><div>Old words</div></blockquote></div>',
    "iphone": '<div dir="ltr">{own}</div><div dir="ltr"><br>Sent from my iPhone</div><div dir="ltr"><br><blockquote type="cite">On Oct 5, 2020, at 10:00, Bob &lt;bob@example.com&gt; wrote:<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">Old words</div></blockquote>',
    "outlook": '<div class="WordSection1"><p class="MsoNormal">{own}<o:p></o:p></p><p class="MsoNormal"><o:p>&nbsp;</o:p></p><div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal">' + _BLOCK + "</p></div></div><p class=\"MsoNormal\">Old words</p></div>",
    "outlook, unknown language": '<p class="MsoNormal">{own}</p><div><div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">' + _FOREIGN + "</p></div></div><p>Old words</p>",
    "outlook web": '<div>{own}</div><div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">' + _BLOCK + "</div><div>Old words</div>",
    "outlook web, unknown language": '<div>{own}</div><hr tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">' + _FOREIGN + "</div><div>Old words</div>",
    "outlook, seen through another": '<div>{own}</div><div id="x_appendonsend"></div><hr><div id="x_divRplyFwdMsg">' + _FOREIGN + "</div><div>Old words</div>",
    "outlook ios": '<div>{own}</div><div id="ms-outlook-mobile-signature">Get <a href="https://aka.ms/o0ukef">Outlook for iOS</a></div><hr><div id="divRplyFwdMsg">' + _BLOCK + "</div><div>Old words</div>",
    "outlook new": '<div class="elementToProof">{own}</div><div id="mail-editor-reference-message-container"><hr><div id="divRplyFwdMsg">' + _FOREIGN + "</div><div>Old words</div></div>",
    "outlook mac": '<div>{own}</div><div style="border:none;border-top:solid #B5C4DF 1.0pt"><p><b><span>From: </span></b><span>Bob &lt;bob@example.com&gt;<br><b>Date: </b>Monday<br><b>To: </b>Ada<br><b>Subject: </b>x</span></p></div><div><p>Old words</p></div>',
    "hotmail": '<div dir="ltr">{own}<br><br><div><hr id="stopSpelling">Qwe: 5 Oct<br>Rty: x<br><br>Old words</div></div>',
    "windows mail": '<div>{own}</div><div style="padding-top: 5px; border-top-color: rgb(229, 229, 229); border-top-width: 1px; border-top-style: solid;"><div><b>Qwe:</b> Bob<br><b>Rty:</b> Monday<br><b>Uio:</b> Ada</div></div><div>Old words</div>',
    "yahoo": '<div class="yahoo-style-wrap"><div>{own}</div></div><div id="yahoo_quoted_4321" class="yahoo_quoted"><div>qwerty</div><div>Old words</div></div>',
    "proton": '<div>{own}</div><div class="protonmail_signature_block"><div class="protonmail_signature_block-user">Ada, Engines</div></div><div class="protonmail_quote">qwerty<br><blockquote class="protonmail_quote" type="cite">Old words</blockquote></div>',
    "zoho": '<div>{own}<br></div><div class="zmail_extra" style=""><div id="Zm-_Id_-Sgn1">---- qwerty ----</div><blockquote style="border-left: 1px solid">Old words</blockquote></div>',
    "gmx": '<div>{own}</div><div name="quote" style="margin:10px 5px 5px 10px; border-left:2px solid #C3D9E5;"><div><b>Gesendet:</b>&nbsp;Montag, 05. Oktober 2020 um 10:00 Uhr<br><b>Von:</b>&nbsp;"Bob" &lt;bob@example.com&gt;<br><b>An:</b>&nbsp;ada@example.org<br><b>Betreff:</b>&nbsp;x</div><div name="quoted-content">Old words</div></div>',
    "tutanota": '<div>{own}</div><div class="tutanota_quote">5. Okt. 2020, 10:00 von bob@example.com:<br></div><blockquote class="tutanota_quote">Old words</blockquote>',
    "spark": '<div name="messageBodySection"><div>{own}</div></div><div name="messageSignatureSection"><br>Sent with Spark</div><div name="messageReplySection">qwerty<br><blockquote type="cite">Old words</blockquote></div>',
    "superhuman": '<div>{own}</div><div class="sh-signature">Sent via <a href="https://sprh.mn/">Superhuman</a></div><br><div class="gmail_quote">On Mon, Oct 05, 2020 at 10:00 AM, Bob &lt;bob@example.com&gt; wrote:<br><blockquote class="gmail_quote">Old words</blockquote></div>',
    "mailspring": '<div>{own}</div><div class="gmail_quote_attribution">On Oct 5 2020, at 10:00 am, Bob &lt;bob@example.com&gt; wrote:</div><blockquote class="gmail_quote">Old words</blockquote>',
    "front": '<div>{own}</div><div class="front-signature">Ada, Engines</div><blockquote type="cite" class="front-blockquote">Old words</blockquote>',
    "open-xchange": '<p>{own}</p><blockquote type="cite">Bob &lt;bob@example.com&gt; hat am 05.10.2020 10:00 geschrieben:<br><br>Old words</blockquote>',
    "fastmail": '<div>{own}</div><div>On Mon, Oct 5, 2020, at 10:00 AM, Bob wrote:<br></div><blockquote type="cite" id="qt">Old words</blockquote>',
    "zimbra": '<div>{own}</div><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Qwe: </b>Bob<br><b>Rty: </b>Ada</div><div data-marker="__QUOTED_TEXT__">Old words</div>',
    "roundcube": '<p>{own}</p><p id="reply-intro">qwerty</p><blockquote type="cite">Old words</blockquote>',
    "em client": '<div>{own}</div><div><br></div><div>------ Original Message ------</div><div>From "Bob" &lt;bob@example.com&gt;</div><div>To "Ada" &lt;ada@example.org&gt;</div><div>Old words</div>',
    "k-9": '<p>{own}</p><br><div class="gmail_quote">On 5 October 2020 10:00:00 CEST, Bob &lt;bob@example.com&gt; wrote:<blockquote class="gmail_quote"><div>Old words</div></blockquote></div>',
    "samsung": '<div>{own}</div><div id="composer_signature"><div style="font-size:85%">Sent from my Galaxy</div></div><div><br></div><div style="font-size:100%"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Bob &lt;bob@example.com&gt; </div><div>Date: 05/10/2020 10:00 (GMT+01:00) </div><div>To: Ada </div><div>Subject: x </div></div>Old words',
    "yandex": "<p>{own}</p><p>05.01.2026, 10:00, &quot;Bea&quot; &lt;b@acme.example&gt;:</p><blockquote>Old words</blockquote>",
    "mail.ru": '<p>{own}</p><br>Понедельник, 5 октября 2020, 10:00 +03:00 от Bob &lt;bob@example.com&gt;:<br><blockquote style="border-left:1px solid #0857A6; margin:10px; padding:0 0 0 10px;">Old words</blockquote>',
    "qq": '<div>{own}</div><div><br></div><div>------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><b>发件人:</b>&nbsp;"Bob"&lt;bob@example.com&gt;;<br><b>发送时间:</b>&nbsp;2020年10月5日<br><b>收件人:</b>&nbsp;"Ada";<br><b>主题:</b>&nbsp;x</div><div>Old words</div>',
    "netease": '<div>{own}</div><div id="isReplyContent">qwerty<blockquote>Old words</blockquote></div>',
    "notes": '<font size="2">{own}</font><br><br><font color="#990099">-----Bob &lt;bob@example.com&gt; wrote: -----</font><div class="iNotesHistory">To: Ada<br>From: Bob<br>Old words</div>',
    "airmail": '<div>{own}</div><div id="bloop_sign_1443"><div>Ada, Engines</div></div><p class="airmail_on">On October 5, 2020 at 10:00:00, Bob (<a href="mailto:bob@example.com">bob@example.com</a>) wrote:</p><blockquote type="cite" class="clean_bq">Old words</blockquote>',
    "aqua mail": '<div>{own}</div><div id="aqm-original">qwerty<br>Old words</div>',
    "signature of thunderbird": '<p>{own}</p><pre class="moz-signature" cols="72">-- \nAda, Engines</pre><div class="moz-cite-prefix">qwerty</div><blockquote type="cite">Old words</blockquote>',
    "signature of gmail": '<div dir="ltr">{own}<br clear="all"><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Ada, Engines</div></div><br><div class="gmail_quote"><div class="gmail_attr">qwerty</div><blockquote class="gmail_quote">Old words</blockquote></div>',
    "signature of outlook web": '<div>{own}</div><div id="Signature"><div>Ada, Engines</div></div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">' + _BLOCK + "</div><div>Old words</div>",
}
