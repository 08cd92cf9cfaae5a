"""What the documentation says of the names that templates may use."""

import re

import pytest

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.tables import as_markdown
from gateway.runtime.rendering.variables import EXTRA, of


def test_the_documentation_gives_each_variable_the_meaning_it_has_in_each_kind():
    rows = re.findall(r"^\| `(\w+)` \| (`[^|]+`) \| (.+) \|$", as_markdown(), re.M)
    told = {(n, k): m for n, kinds, m in rows for k in re.findall(r"`(\w+)`", kinds)}
    assert told == {(v.name, kind.value): v.meaning for kind in NoticeKind for v in EXTRA[kind]}


@pytest.mark.parametrize("kind", NoticeKind)
def test_no_kind_gives_a_shared_variable_another_meaning(kind):
    names = [v.name for v in of(kind)]
    assert sorted(names) == sorted(set(names))
