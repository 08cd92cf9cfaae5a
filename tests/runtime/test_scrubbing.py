"""What is sent on to anybody holds no signed address and no mark of ours."""

from gateway.core.documents import Block
from gateway.core.model import Attachment, Party
from gateway.runtime.scrubbing import scrub_outbound
from tests.channels.email.sending.outbounds import MARK_LINE, document, outbound, words

PLAIN = "support@acme.example"
SIGNED = "support+7.k3v9a2b3c4d5e6f7k3v9a2b3c4d5e6f@acme.example"


def is_desk(address: str) -> bool:
    return address == SIGNED


def test_what_people_wrote_is_cleaned_and_what_the_desk_says_is_not():
    file = Attachment(name="a.txt", type="text/plain", data=f"é {SIGNED}".encode())
    picture = Attachment(name="a.png", type="image/png", data=SIGNED.encode())
    dirty = outbound(
        reply_to=SIGNED,
        shown_cc=(Party(address=SIGNED, name=SIGNED),),
        document=document(
            f"Re: {SIGNED}",
            Block(kind="mark", text=MARK_LINE),
            Block(kind="facts", text=f"Your address: {SIGNED}"),
            words(f"a {SIGNED}\n{MARK_LINE}\nb", f"<p>{SIGNED}</p>"),
            Block(kind="quote", text=f"> {MARK_LINE}\n{SIGNED}"),
        ),
        attachments=(file, picture),
    )
    done = scrub_outbound(dirty, is_desk, PLAIN)
    assert done.reply_to == SIGNED
    assert done.shown_cc == (Party(address=PLAIN, name=PLAIN),)
    assert done.document.subject == f"Re: {PLAIN}"
    mark, facts, said, quote = done.document.blocks
    assert mark.text == MARK_LINE
    assert facts.text == f"Your address: {SIGNED}"
    assert (said.text, said.html) == (f"a {PLAIN}\nb", f"<p>{PLAIN}</p>")
    assert quote.text == PLAIN
    assert done.attachments[0].data == f"é {PLAIN}".encode()
    assert done.attachments[1] is picture
