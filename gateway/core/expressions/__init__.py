"""Conditions that an operator writes: a safe language over the facts of a message.

The language is CEL (Common Expression Language): no loops, no assignments, no access to anything
but the facts it is given; regular expressions take linear time. What a name means and which type
it has is declared in a `Vocabulary`, so that a condition is checked when the config is loaded::

    WORDS = Vocabulary((
        Fact("subject", TEXT, "the subject line", '"Printer on fire"'),
        Fact("requester", record(address=TEXT, tags=list_of(TEXT)), "who asks", ""),
    ))
    compiled = compile_expression('subject.contains("fire")', WORDS, wants=TRUTH)

`compile_expression` gives an `Expression`, or raises `ExpressionError` with every trouble that
can be found at once: an unknown name, a wrong type, a bad regular expression. At run time::

    facts = Facts({"subject": "…", "requester": {"address": "…", "tags": []}})  # once a message
    outcome = compiled.run(facts)     # never raises; .value, or .failed says why there is none
    compiled.why(facts)               # which part of it decided, in words; slower

`Expression.names` says which facts it looks at, so that no others need to be worked out.
"""

from gateway.core.expressions.running import Expression, Facts, Outcome, compile_expression
from gateway.core.expressions.troubles import ExpressionError, Trouble
from gateway.core.expressions.types import (
    MOMENT,
    NUMBER,
    TEXT,
    TRUTH,
    Fact,
    Type,
    Vocabulary,
    list_of,
    map_of,
    one_of,
    record,
)

__all__ = [
    "MOMENT",
    "NUMBER",
    "TEXT",
    "TRUTH",
    "Expression",
    "ExpressionError",
    "Fact",
    "Facts",
    "Outcome",
    "Trouble",
    "Type",
    "Vocabulary",
    "compile_expression",
    "list_of",
    "map_of",
    "one_of",
    "record",
]
