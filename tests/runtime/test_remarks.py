"""What there is to know of a mail reaches its agents; infected files reach nobody."""

from gateway.channels.email.reading.scanned import digest_of
from gateway.core.model import Remark, RemarkKind
from tests.runtime.desk import Desk, mail

BEA = "bea@acme.example"
BODY = (
    "--x\nContent-Type: text/plain\n\nSee both.\n"
    '--x\nContent-Type: application/pdf; name="plan.pdf"\n\nplan\n'
    '--x\nContent-Type: application/msword; name="bill.doc"\n\nbad\n--x--\n'
)
MAIL = mail(BODY, content_type='multipart/mixed; boundary="x"', mime_version="1.0")
SCAN = {"state": "infected", "found": "Eicar", "files": {digest_of(b"bad"): "Eicar"}}


def test_an_infected_file_is_kept_and_named_and_goes_to_nobody(desk: Desk):
    desk.receive(MAIL, scan=SCAN)
    entry = next(e for e in desk.history(1) if e.files)
    assert [(f.name, f.infected) for f in entry.files] == [("plan.pdf", ""), ("bill.doc", "Eicar")]
    assert entry.body is not None
    assert entry.body.remarks == (Remark(kind=RemarkKind.INFECTED, about="bill.doc (Eicar)"),)

    (notice,) = desk.relay.to(BEA)
    assert [a.name for a in notice.attachments] == ["plan.pdf"]
    assert "Malware was found and is kept away from everybody: bill.doc (Eicar)" in (
        notice.document.text
    )
    assert "Files: plan.pdf\n" in notice.document.text


def test_an_unscanned_mail_says_so(desk: Desk):
    desk.receive(MAIL, scan={"state": "unscanned"})
    (notice,) = desk.relay.to(BEA)
    assert "Nobody has looked for malware" in notice.document.text
    assert len(notice.attachments) == 2
