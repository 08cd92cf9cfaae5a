"""Private-use signs that stand in a text, while it is read, for what its HTML said of it.

Only this package puts them in: those that come with a mail are taken out before.
"""

from __future__ import annotations

import re

QUOTE_BEGINS, QUOTE_ENDS = "\ue000", "\ue001"
ATTRIBUTION = "\ue002"
BLANK = "\ue003"
HISTORY = "\ue004"  # what follows is history, to the end
SIGNATURE_BEGINS, SIGNATURE_ENDS = BETWEEN = "\ue005\ue006"
HIDDEN_BEGINS, HIDDEN_ENDS = "\ue007", "\ue008"
_SIGNS = re.compile("[\ue000-\ue008]")
_IN_NUMBERS = re.compile("&#(?:[xX]0*[eE]00[0-8](?![0-9a-fA-F])|0*573(?:4[4-9]|5[0-2])(?![0-9]));?")


def without_signs(text: str) -> str:
    """Words of a mail without these signs."""
    return text if text.isascii() else _SIGNS.sub("", text)


def without_signs_in_markup(markup: str) -> str:
    """The same for HTML, in which a sign can be written as its number, too."""
    markup = without_signs(markup)
    return _IN_NUMBERS.sub("&#xfffd;", markup) if "&#" in markup else markup
