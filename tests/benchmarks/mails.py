"""Mails like those of a help desk, made by a seed: the same ones in every run."""

import base64
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

SUPPORT = "support@acme.example"
START = datetime.now(UTC) - timedelta(hours=1)  # young enough to be confirmed
SHARES = {"plain": 60, "html": 15, "reply": 15, "attachment": 10}  # per cent
ATTACHED = 100 * 1024  # octets

_NAMES = "Ada Bruno Carla Dario Elena Franz Gina Hugo Ines Jorge Karin Luca Marta Nadia Oskar Pia"
_SURNAMES = "Byron Ruiz Weber Rossi Martin Novak Silva Jansen Larsen Kowal Costa Meyer Bianchi Vega"
_COMMON = (
    "the printer on our floor is not working and we have tried to start it again but it still does "
    "not print anything can you please look at this as soon as possible because it was fine before "
    "my account was locked after I changed the password and now the program says that it is not "
    "valid I can read my mail on the phone but not on the computer this is what we see on the "
    "screen when you have the time to help us with it thank you for your help and let me know if "
    "you need more about the invoice order number network laptop screen keyboard update server"
).split()
_SYLLABLES = "ba ce di fo gu la me ni po ru sa te vi xo zu kra ple sti dro fen gal hor".split()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A raw mail with its envelope sender and what kind it is."""

    sender: str
    kind: str
    raw: bytes


def mix(count: int, seed: int = 1) -> list[Mail]:
    """Mails in the shares of `SHARES`, shuffled; replies answer a mail that stands before them."""
    return list(Maker(seed).mails(count))


class Maker:
    """Makes mails; two with one seed make the same ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._serial = 0
        self._answerable: list[tuple[str, str, str, str]] = []

    def mails(self, count: int) -> Iterator[Mail]:
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        for _ in range(count):
            kind = self._random.choice(kinds) if self._answerable else "plain"
            yield self.mail(kind)

    def mail(self, kind: str) -> Mail:
        """One of a kind of `SHARES`."""
        self._serial += 1
        if kind == "reply":
            return self._reply()
        name, address = self._somebody()
        subject = " ".join(self._words(5)).capitalize()
        own = self._id(address)
        self._answerable.append((name, address, subject, own))
        text = self.text()
        head = self._head(name, address, subject, own)
        if kind == "html":
            return Mail(sender=address, kind=kind, raw=head + self._alternative(text))
        if kind == "attachment":
            return Mail(sender=address, kind=kind, raw=head + self._mixed(text))
        return Mail(sender=address, kind=kind, raw=head + _plain(text))

    def text(self, lines: int = 9) -> str:
        """Some paragraphs, with words of all degrees of rarity, and a signature."""
        body = [" ".join(self._words(11)) for _ in range(lines)]
        body[lines // 2] = ""
        return "\n".join(("Hello,", "", *body, "", "Thanks", "-- ", "Sent from the third floor"))

    def _reply(self) -> Mail:
        return self.reply(*self._random.choice(self._answerable))

    def reply(self, name: str, address: str, subject: str, answered: str) -> Mail:
        """An answer of somebody to the message with this id, with what it answers quoted below."""
        own = self._id(address)
        quoted = "\n".join(f"> {line}" for line in self.text().split("\n"))
        said = f"On Mon, 5 Jan 2026 at 10:00, Support <{SUPPORT}> wrote:"
        more = f"In-Reply-To: <{answered}>\r\nReferences: <{answered}>\r\n"
        head = self._head(name, address, f"Re: {subject}", own, more)
        body = _plain(f"{self.text(4)}\n\n{said}\n{quoted}\n")
        return Mail(sender=address, kind="reply", raw=head + body)

    def _somebody(self) -> tuple[str, str]:
        first = self._random.choice(_NAMES.split())
        last = self._random.choice(_SURNAMES.split())
        domain = f"{last}{self._serial % 499}.example".lower()
        return f"{first} {last}", f"{first}{self._seed}.{self._serial}@{domain}".lower()

    def _id(self, address: str) -> str:
        return f"{self._random.getrandbits(96):024x}@{address.rpartition('@')[2]}"

    def _head(self, name: str, address: str, subject: str, own: str, more: str = "") -> bytes:
        at = format_datetime(START + timedelta(milliseconds=self._serial))
        return (
            f"Received: from mail.example (mail.example [192.0.2.7]) by mx.acme.example\r\n"
            f"\twith ESMTPS id {own[:12]}; {at}\r\n"
            f"From: {name} <{address}>\r\nTo: Acme Support <{SUPPORT}>\r\nSubject: {subject}\r\n"
            f"Date: {at}\r\nMessage-ID: <{own}>\r\n{more}MIME-Version: 1.0\r\n"
            f"User-Agent: Mozilla Thunderbird\r\nContent-Language: en\r\n"
        ).encode()

    def _words(self, count: int) -> list[str]:
        return [self._word() for _ in range(count)]

    def _word(self) -> str:
        """Nine in ten from a short list, the others from some 10 000 made-up ones."""
        if self._random.random() < 0.9:
            return self._random.choice(_COMMON)
        return "".join(self._random.choices(_SYLLABLES, k=3))

    def _alternative(self, text: str) -> bytes:
        mark = f"alt-{self._serial}"
        body = "".join(
            f'<p class="MsoNormal" style="margin:0cm"><span lang="EN-GB" style="font-size:11pt;'
            f'font-family:Calibri,sans-serif;color:#1F497D">{line or "&nbsp;"}</span></p>\r\n'
            for line in text.split("\n")
        )
        html = f"<html><head><style>p {{margin:0}}</style></head><body>{body}</body></html>"
        return (
            f'Content-Type: multipart/alternative; boundary="{mark}"\r\n\r\n--{mark}\r\n'.encode()
            + _plain(text)
            + f"--{mark}\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{html}\r\n".encode()
            + f"--{mark}--\r\n".encode()
        )

    def _mixed(self, text: str) -> bytes:
        mark = f"mix-{self._serial}"
        octets = base64.encodebytes(self._random.randbytes(ATTACHED)).replace(b"\n", b"\r\n")
        kind = 'image/png; name="screen.png"'
        place = 'attachment; filename="screen.png"'
        return (
            f'Content-Type: multipart/mixed; boundary="{mark}"\r\n\r\n--{mark}\r\n'.encode()
            + _plain(text)
            + f"--{mark}\r\nContent-Type: {kind}\r\nContent-Disposition: {place}\r\n".encode()
            + b"Content-Transfer-Encoding: base64\r\n\r\n"
            + octets
            + f"--{mark}--\r\n".encode()
        )


def _plain(text: str) -> bytes:
    body = text.replace("\n", "\r\n")
    return f"Content-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n".encode()
