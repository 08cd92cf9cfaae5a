"""Patterns of many words: the same words are found as by trying one after the other."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.reading.stems import pattern_of

_WORDS = st.lists(st.text("abc.|+é", min_size=1, max_size=5), min_size=1, max_size=20)


@given(_WORDS, st.text("abc.|+é", max_size=30))
def test_a_word_is_found_where_one_of_them_stands(words: list[str], text: str) -> None:
    found = re.compile(pattern_of(words)).search(text)

    assert (found is not None) == any(word in text for word in words)
    if found is not None:
        assert found[0] in words
        assert found.start() == min(text.find(word) for word in words if word in text)
