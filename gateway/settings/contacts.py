"""Contacts from a file of comma-separated values, each fault with its line there."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from gateway.core.nearest import nearest
from gateway.settings.faults import Fault, show
from gateway.settings.ruling import ContactTable
from gateway.settings.table import words_of

_COLUMNS = ("match", "kind", "tags", "name", "language", "timezone")
_LARGEST = 32 * 1024 * 1024  # octets
_MOST_FAULTS = 50
_TAGS = re.compile(r"[\s;|,]+")


class ContactsFile:
    """What a file of contacts holds: its ``contacts``, and its ``faults``.

    Its first line names the columns: ``match``, then any of ``kind``, ``tags``, ``name``,
    ``language`` and ``timezone``. Commas or semicolons stand between; several tags have spaces
    between. ``taken`` are the addresses and domains that the config itself says something about.
    """

    def __init__(self, path: Path, taken: Iterable[str] = ()) -> None:
        self.path = path
        self.contacts: list[ContactTable] = []
        self.faults: list[Fault] = []
        self._places = dict.fromkeys(taken, "the config")
        text = self._text()
        if text is not None:
            self._read(text)

    def _text(self) -> str | None:
        try:
            with self.path.open("rb") as stream:
                data = stream.read(_LARGEST + 1)
            if len(data) > _LARGEST:
                self._fault(None, "", f"found more than {_LARGEST >> 20} MB", "a smaller file")
                return None
            return data.decode("utf-8-sig")
        except OSError as error:
            self._fault(None, "", f"cannot be read: {error.strerror}", "a file of contacts")
        except UnicodeDecodeError as error:
            self._fault(None, "", f"octet {error.start} is not UTF-8", "CSV in UTF-8")
        return None

    def _fault(self, line: int | None, key: str, found: str, expected: str, hint: str = "") -> None:
        self.faults.append(
            Fault(file=self.path, line=line, key=key, found=found, expected=expected, hint=hint)
        )

    def _read(self, text: str) -> None:
        first = text.partition("\n")[0]
        rows = csv.reader(
            text.splitlines(keepends=True), delimiter=";" if ";" in first else ",", strict=True
        )
        try:
            columns = [name.strip().lower() for name in next(rows, [])]
            if self._known(columns):
                for row in self._rows(rows, columns):
                    self._contact(rows.line_num, row)
        except csv.Error as error:
            self._fault(rows.line_num, "", f"not CSV: {error}", "quotation marks in pairs")

    def _known(self, columns: list[str]) -> bool:
        for name in columns:
            if name not in _COLUMNS:
                found = f"found the unknown column {show(name)}"
                expected = "one of " + ", ".join(_COLUMNS)
                self._fault(1, "", found, expected, nearest(name, _COLUMNS))
        if "match" not in columns:
            self._fault(1, "", "found no column match", "a first line such as match,kind,tags")
        return not self.faults

    def _rows(self, rows: Iterator[list[str]], columns: list[str]) -> Iterator[dict[str, str]]:
        for row in rows:
            if len(self.faults) >= _MOST_FAULTS:
                return
            values = [value.strip() for value in row]
            if not any(values):
                continue
            if len(values) > len(columns):
                found = f"found {len(values)} values"
                self._fault(_line(rows), "", found, f"at most {len(columns)}: {', '.join(columns)}")
            else:
                yield {c: v for c, v in zip(columns, values, strict=False) if v}

    def _contact(self, line: int, row: dict[str, str]) -> None:
        values = {**row, "tags": tuple(filter(None, _TAGS.split(row.get("tags", ""))))}
        if "kind" in row:
            values["kind"] = row["kind"].lower()
        try:
            contact = ContactTable.model_validate(values)
        except ValidationError as error:
            for one in error.errors(include_url=False):
                self._wrong(line, str(one["loc"][0]), dict(one))
            return
        if contact.match in self._places:
            found = f'found "{contact.match}", which {self._places[contact.match]} has already'
            self._fault(line, "match", found, "another address")
        self._places[contact.match] = f"line {line}"
        self.contacts.append(contact)

    def _wrong(self, line: int, key: str, error: dict[str, object]) -> None:
        missing = error["type"] == "missing"
        found = "not given" if missing else f"found {show(error['input'])}"
        expected = words_of(ContactTable.model_fields[key]).expected
        self._fault(line, key, found, expected)


def _line(rows: object) -> int:
    return int(getattr(rows, "line_num", 0))
