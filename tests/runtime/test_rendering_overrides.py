from __future__ import annotations

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from gateway.core.changes import NoticeKind
from gateway.core.documents import Document
from gateway.core.model import Body
from gateway.runtime.rendering.renderer import Renderer
from tests.runtime.test_rendering_samples import NOW, answered, confirmed, to_bea

WORDS = Body(text="It burns.")


def folder(tmp_path: Path, name: str, text: str | bytes) -> Path:
    path = tmp_path / "own" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return tmp_path / "own"


def render(own: Path, kind: NoticeKind = NoticeKind.REPLY) -> Document:
    renderer = Renderer(own, "Acme Support", "Europe/Madrid")
    return renderer.render(to_bea(kind), number=7, words=WORDS, now=NOW)


def faults(own: Path) -> list[str]:
    return Renderer(own, "Acme Support", "Europe/Madrid").check()


def test_a_file_of_the_operators_is_used(tmp_path):
    text = "Subject: {{ subject }}!\r\n\r\n%mark%\r\n\r\nHey {{ name }}:\r\n\r\n%words%\r\n"
    own = folder(tmp_path, "en/reply.txt", "\ufeff" + text)
    document = render(own)
    assert document.subject == "Printer on fire!"
    assert [b.text for b in document.blocks[1:]] == ["Hey Bea Ruiz:", "It burns."]
    assert faults(own) == []


HEAD = "Subject: x\n\n%mark%\n%words%\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "reply.txt:1: the first line is '', expected \"Subject: …\""),
        ("Hello\n\n%mark%\n%words%", "reply.txt:1: the first line is 'Hello'"),
        ("Subject:\n\n%mark%\n%words%", "reply.txt:1: the first line is 'Subject:'"),
        ("Subject: x\n%mark%\n%words%", "reply.txt:2: expected an empty line"),
        ("Subject: x\n", "reply.txt:2: expected an empty line below the subject, then text"),
        ("Subject: x\n\n%words%", "reply.txt: a line %mark% is missing"),
        ("Subject: x\n\n%mark%\n\nHi", "reply.txt: a line %words% is missing"),
        (HEAD + "%wrods%\n", "reply.txt:5: %wrods% is no place, expected %earlier%"),
        (HEAD + "see %facts% there\n", "reply.txt:5: %facts% has to stand on a line of its own"),
        (HEAD + "\n{{ subjekt }}\n", "reply.txt:6: there is no subjekt here, expected one of"),
        ("Subject: {{ nope }}\n\n%mark%\n%words%", "reply.txt:1: there is no nope here"),
        (HEAD + "{% if x %}\n", "reply.txt:5: Unexpected end of template"),
        (HEAD + "{{ subject | shout }}\n", "reply.txt:5: No filter named 'shout'"),
        (HEAD + "\n{{ subject.nope.more }}\n", "reply.txt:6: 'str object' has no attribute"),
        (HEAD + "{{ 1 / 0 }}\n", "reply.txt:5: division by zero"),
        (HEAD + "{{ subject.__class__.__mro__ }}\n", "reply.txt:5: access to attribute"),
        (HEAD + "{{ range(9) }}\n", "reply.txt:5: there is no range here"),
        (HEAD.encode() + b"\xff\xfe", "cannot be read: 'utf-8' codec"),
    ],
)
def test_a_broken_file_is_named_and_never_costs_a_notice(tmp_path, text, said):
    own = folder(tmp_path, "en/reply.txt", text)
    (found,) = faults(own)
    assert said in found
    assert str(own) in found
    with capture_logs() as logs:
        document = render(own)
    assert document.subject == "[#7] Printer on fire"
    assert "wrote:" in document.text
    assert [entry["event"] for entry in logs] == ["template not used"]


def test_what_fails_only_with_the_facts_of_the_night_falls_back(tmp_path):
    own = folder(tmp_path, "en/reply.txt", HEAD + "{{ 1 / (number - 8) }}")
    assert faults(own) == []
    renderer = Renderer(own, "Acme Support", "Europe/Madrid")
    with capture_logs() as logs:
        document = renderer.render(to_bea(NoticeKind.REPLY), number=8, words=WORDS, now=NOW)
    assert document.subject == "[#8] Printer on fire"
    assert [entry["event"] for entry in logs] == ["template failed"]


def test_a_confirmation_knows_nothing_internal_and_repeats_nothing_to_strangers(tmp_path):
    own = folder(tmp_path, "en/confirmation.txt", "Subject: Hi\n\nYou said:\n\n%words%\n")
    renderer = Renderer(own, "Acme Support", "Europe/Madrid")
    known = renderer.render(confirmed(), number=7, words=WORDS, now=NOW)
    unknown = renderer.render(confirmed(repeat=False), number=7, words=WORDS, now=NOW)
    assert known.text == "You said:\n\nIt burns."
    assert unknown.text == "You said:"
    folder(tmp_path, "en/confirmation.txt", "Subject: Hi\n\n{{ assignee }}\n")
    assert "there is no assignee here" in faults(own)[0]


@pytest.mark.parametrize("branch", ["number", "not number"])
def test_the_mark_comes_first_wherever_a_template_has_it(tmp_path, branch):
    text = f"Subject: x\n\nHi\n\n%words%\n{{% if {branch} %}}\n%mark%\n{{% endif %}}\n"
    assert [b.kind for b in render(folder(tmp_path, "en/reply.txt", text)).blocks] == [
        "mark",
        "text",
        "words",
    ]


def test_an_answer_without_its_words_is_refused(tmp_path):
    own = folder(tmp_path, "en/answer.txt", "Subject: x\n\nWe have answered.\n")
    assert faults(own) == [f"{own}/en/answer.txt: a line %words% is missing"]
    say = answered("Switch it off.")
    renderer = Renderer(own, "Acme Support", "Europe/Madrid")
    assert "Switch it off." in renderer.render(say, number=7, words=say.body, now=NOW).text


def test_the_end_of_a_line_behind_a_tag_stays(tmp_path):
    text = "Subject: x\n\n%mark%\n%words%\n\na{% if number %} b{% endif %}\nc\n"
    assert render(folder(tmp_path, "en/reply.txt", text)).blocks[-1].text == "a b\nc"


def test_phrases_are_replaced_one_by_one(tmp_path):
    own = folder(tmp_path, "en/phrases.toml", '[label]\nqueue = "Team"\n')
    assert faults(own) == []
    facts = next(b.text for b in render(own).blocks if b.kind == "facts")
    assert "Team: support" in facts
    assert "Priority: normal" in facts


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('[label]\nqeueu = "Team"\n', "there is no phrase label.qeueu, perhaps label.queue"),
        ("[label]\nqueue = 3\n", "label.queue is 3, expected text or a list of texts"),
        ('[time]\nweekdays = ["Mon"]\n', "expected a list of 7 texts"),
        ('[mark]\npublic = "To {whom}"\n', "mark.public has nothing for {whom}"),
        ('queue = "Team"\n', "queue stands outside of a table"),
        ("[label\n", "phrases.toml: "),
    ],
)
def test_broken_phrases_are_named_and_not_used(tmp_path, text, said):
    own = folder(tmp_path, "en/phrases.toml", text)
    (found,) = faults(own)
    assert said in found
    assert "Queue: support" in render(own).text


def test_stray_files_and_folders_are_named(tmp_path):
    own = folder(tmp_path, "en/confrmation.txt", "Subject: x\n\nHi\n")
    folder(tmp_path, "confirmation.txt", "Subject: x\n\nHi\n")
    folder(tmp_path, ".git/config", "x")
    assert faults(own) == [
        f"{own}/confirmation.txt: expected a folder named by a language, such as en",
        f"{own}/en/confrmation.txt: no notice is called so, perhaps confirmation.txt is meant",
    ]
    assert "is no folder" in faults(tmp_path / "nowhere")[0]


def test_no_folder_is_fine():
    assert Renderer(None, "Acme Support", "UTC").check() == []
