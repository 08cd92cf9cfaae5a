"""What an agent has to know of a mail beside its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gateway.channels.email.reading.parts import Part
from gateway.channels.email.reading.secured import smime
from gateway.channels.email.reading.words import tidy
from gateway.core.model import Party, Remark, RemarkKind

_MOST = 20
_LONGEST = 200


def remarks_of(root: Part, found: Iterable[Remark]) -> tuple[Remark, ...]:
    """Remarks on the parts of a mail, and those ``found`` before, each once."""
    return tuple(dict.fromkeys([*_of_tree(root), *found]))[:_MOST]


def several_authors(others: tuple[Party, ...]) -> tuple[Remark, ...]:
    """What is to be said of a mail that others than its author stand for as well."""
    if not others:
        return ()
    about = ", ".join(dict.fromkeys(party.address for party in others))
    return (Remark(kind=RemarkKind.AUTHORS, about=about[:_LONGEST]),)


def _of_tree(part: Part) -> Iterator[Remark]:
    yield from _of(part)
    for child in part.children:
        yield from _of_tree(child)


def _of(part: Part) -> Iterator[Remark]:
    protocol = part.params.get("protocol", "").lower()
    if part.type == "multipart/signed" or part.sealed:
        pgp = "pgp" in protocol
        yield Remark(kind=RemarkKind.SIGNED, about="PGP" if pgp else "S/MIME")
    elif part.type in ("multipart/encrypted", "application/pgp-encrypted"):
        yield Remark(kind=RemarkKind.ENCRYPTED, about="PGP")
    elif part.type in smime.TYPES and _is_encrypted(part):
        yield Remark(kind=RemarkKind.ENCRYPTED, about="S/MIME")
    elif part.type == "message/partial":
        yield Remark(kind=RemarkKind.PARTIAL, about=_share(part))
    elif part.type == "message/external-body":
        yield Remark(kind=RemarkKind.ELSEWHERE, about=_place(part))


def _is_encrypted(part: Part) -> bool:
    return smime.is_encrypted(part.content(), part.params.get("smime-type", "").lower())


def _share(part: Part) -> str:
    number, total = part.params.get("number", "?"), part.params.get("total", "?")
    return tidy(f"{number}/{total}")[:20]


def _place(part: Part) -> str:
    """Where the file is, as the sender says; nothing is fetched."""
    params = part.params
    names = ("url", "site", "directory", "name", "server")
    return tidy(" ".join(params[name] for name in names if name in params))[:_LONGEST]
