"""Private words taken out of what was sent, before anything is stored. Plain values only; no database.

`builtin` knows the patterns, `checks` what makes a match a real one, `rules` takes both out of a text, `values` walks
through nested values and JSON inside of strings, `bodies` through a request's bytes.
"""

from ingest.redaction.bodies import redact_body
from ingest.redaction.builtin import BUILTINS, Builtin
from ingest.redaction.rules import OwnRule, Redactor, RuleFault, check_pattern
from ingest.redaction.values import redact_value

__all__ = [
    "BUILTINS",
    "Builtin",
    "OwnRule",
    "Redactor",
    "RuleFault",
    "check_pattern",
    "redact_body",
    "redact_value",
]
