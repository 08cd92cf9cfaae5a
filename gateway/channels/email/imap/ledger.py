"""The ledger of a folder, in the notebook: what was taken in, what is still to be done.

Everything up to `State.upto` that the folder held stands on a page; everything above it is new.
So neither flags nor sequence numbers decide what is taken in, and nothing is taken in twice.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace

from gateway.channels.email.imap.page import UIDS, Left, Page, by_page
from gateway.core.ports import Note, Notebook

_STATE = "state"
_PAGES_AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How far a folder was read, under one UIDVALIDITY. Moments are ISO 8601.

    ``met_at``: when the folder was met first. ``checked_at``: when it was last compared with the
    ledger as a whole. ``unmarked``: the highest UID whose page may lack marks.
    """

    validity: int
    upto: int
    met_at: str
    checked_at: str
    unmarked: int = 0


class Ledger:
    """One folder's ledger. Every change is one commit. Raises NotebookUnavailableError."""

    def __init__(self, notebook: Notebook, book: str, state: State) -> None:
        self._notebook = notebook
        self._book = book
        self.state = state
        self._busy = {n for n, page in self.pages() if page.open or page.due}

    @classmethod
    def kept(cls, notebook: Notebook, book: str) -> Ledger | None:
        """The ledger as it was kept; None for a folder that was never met."""
        note = notebook.get(book, _STATE)
        if note is None:
            return None
        return cls(notebook, book, State(**{k: v for k, v in note.items() if k != "v"}))

    def draft(self, state: State) -> Ledger:
        """Another one of the same folder, which counts once it is `found`."""
        return Ledger(self._notebook, self._book, state)

    def found(self, instead_of: Ledger | None = None) -> None:
        """From now on this is the ledger; the other one's pages are given up."""
        self._notebook.write(self._book, {_STATE: _noted(self.state)})
        if instead_of is not None:
            keys = [key for key, _ in instead_of._scan()]
            self._notebook.write(self._book, {}, delete=keys)

    # What became of mails.

    def known(self, uids: Iterable[int], *, marks: Mapping[int, bytes] | None = None) -> None:
        """Mails that are settled as they are."""
        self._change(uids, lambda page, some: page.settle(some, marks or {}))

    def opened(self, uids: Iterable[int]) -> None:
        """Mails that are still to be taken in."""
        self._change(uids, lambda page, some: page.reopen(some))

    def owed(self, uids: Iterable[int]) -> None:
        """Mails that were taken in, and are still to be flagged, moved or deleted."""
        self._change(uids, lambda page, some: page.due.update(some))

    def taken(
        self, marks: Mapping[int, bytes], *, left: Mapping[int, Left], gone: Collection[int] = ()
    ) -> None:
        """What became of some mails: taken in and owed, left where they are, or not there."""

        def change(page: Page, some: set[int]) -> None:
            page.settle(some & marks.keys(), marks)
            page.due |= some & marks.keys()
            page.leave({uid: left[uid] for uid in some & left.keys()})
            page.forget(some & set(gone))

        uids = [*marks, *left, *gone]
        state = replace(self.state, upto=max([self.state.upto, *uids]))
        self._change(uids, change, state)

    def done(self, uids: Iterable[int], *, gone: bool) -> None:
        """They are flagged; or, if ``gone``, no longer in the folder."""

        def change(page: Page, some: set[int]) -> None:
            page.due -= some
            if gone:
                page.forget(some)

        self._change(uids, change)

    def gone(self, uids: Iterable[int]) -> None:
        """They are no longer in the folder."""
        self._change(uids, lambda page, some: page.forget(some))

    def marked(self, marks: Mapping[int, bytes], unmarked: int) -> None:
        """Marks of mails that are settled already; below ``unmarked`` there are more to come."""
        state = replace(self.state, unmarked=unmarked)
        self._change(marks, lambda page, some: page.mark(some, marks), state)

    def checked(self, at: str) -> None:
        """The whole folder was compared with the ledger."""
        self._change((), lambda _page, _some: None, replace(self.state, checked_at=at))

    def _change(
        self,
        uids: Iterable[int],
        change: Callable[[Page, set[int]], None],
        state: State | None = None,
    ) -> None:
        """Change pages, and the state with them, in one commit."""
        put: dict[str, Note] = {}
        for number, some in by_page(uids):
            page = self.page(number)
            change(page, some)
            put[self._key(number)] = page.note()
            (self._busy.add if page.open or page.due else self._busy.discard)(number)
        if state is not None:
            self.state = state
            put[_STATE] = _noted(state)
        if put:
            self._notebook.write(self._book, put)

    # What is to be done.

    def open_uids(self) -> Iterator[list[int]]:
        """What is to be taken in, page by page."""
        yield from self._busy_uids(lambda page: page.open)

    def owed_uids(self) -> Iterator[list[int]]:
        """What is to be flagged, moved or deleted, page by page."""
        yield from self._busy_uids(lambda page: page.due)

    def _busy_uids(self, which: Callable[[Page], set[int]]) -> Iterator[list[int]]:
        for number in sorted(self._busy):
            if uids := which(self.page(number)):
                yield sorted(uids)

    def page(self, number: int) -> Page:
        """The page with this number; an empty one if it was never written."""
        note = self._notebook.get(self._book, self._key(number))
        return Page.of(note) if note else Page()

    def pages(self, first: int = 0, last: int = 2**32 // UIDS) -> Iterator[tuple[int, Page]]:
        """The pages that were written, in order."""
        for key, note in self._scan(first):
            number = int(key.rpartition("/")[2])
            if number > last:
                return
            yield number, Page.of(note)

    def _scan(self, first: int = 0) -> Iterator[tuple[str, Note]]:
        prefix = self._key(0)[:-8]
        after = self._key(first - 1) if first else prefix
        while found := self._notebook.scan(self._book, after=after, limit=_PAGES_AT_ONCE):
            for key, note in found:
                if not key.startswith(prefix):
                    return
                yield key, note
            after = found[-1][0]

    def _key(self, number: int) -> str:
        return f"page/{self.state.validity:010}/{number:08}"


def _noted(state: State) -> Note:
    return asdict(state) | {"v": 1}
