"""What `gateway check` finds out about a mailbox: it logs in and looks, and changes nothing."""

from __future__ import annotations

from gateway.channels.email.imap.credentials import Credentials
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.session import Session, opened
from gateway.channels.email.imap.stopping import Stop
from gateway.channels.email.imap.troubles import MailboxError
from gateway.channels.email.mailbox_settings import After
from gateway.core.ports import Finding, NotebookUnavailableError, Verdict

_ALL_THE_SAME = "the daemon starts all the same, and tries again"


def check_mailbox(options: MailboxOptions, credentials: Credentials) -> list[Finding]:
    """Log in and open the folder, to read alone. Never raises."""
    stop = Stop()
    try:
        with opened(options, credentials, stop) as session:
            return _looked(session, options, credentials)
    except MailboxError as error:
        said = f"{error}; {_ALL_THE_SAME}"
        return [_finding(options, error.key, Verdict.BROKEN, said)]
    except (OSError, NotebookUnavailableError) as error:
        return [_finding(options, "", Verdict.BROKEN, str(error))]
    finally:
        stop.close()


def _looked(session: Session, options: MailboxOptions, credentials: Credentials) -> list[Finding]:
    folder = session.select(options.folder, look_only=True)
    how = "new mail is told at once" if session.idles else f"looked at every {options.poll:g} s"
    said = f'{options.host}: "{options.folder}" opens, {folder.exists} mails; {how}'
    found = [_finding(options, "", Verdict.WORKS, said)]
    if options.after is After.MOVE and not session.has_folder(options.move_to):
        said = f'there is no folder "{options.move_to}" to move mail to: create it'
        found.append(_finding(options, "move_to", Verdict.BROKEN, said))
    if credentials.doubt:
        found.append(_finding(options, "oauth2", Verdict.DOUBTFUL, credentials.doubt))
    return found


def _finding(options: MailboxOptions, key: str, verdict: Verdict, said: str) -> Finding:
    return Finding(key=f"{options.name}.{key}".rstrip("."), verdict=verdict, said=said)
