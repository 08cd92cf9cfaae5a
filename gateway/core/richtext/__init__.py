"""Rich text in no network's form: what HTML says, as pieces that every chat can be made from."""

from gateway.core.richtext.pieces import Piece, Run, Shape, Style
from gateway.core.richtext.reading import from_html, from_text
from gateway.core.richtext.splitting import split
from gateway.core.richtext.writing import to_html, to_text

__all__ = [
    "Piece",
    "Run",
    "Shape",
    "Style",
    "from_html",
    "from_text",
    "split",
    "to_html",
    "to_text",
]
