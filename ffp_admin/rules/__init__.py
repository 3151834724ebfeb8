"""Expressions of declarations: parsed to a tree, bound to a form, compiled, traced, explained.

    check(catalog) → problems · program(form, catalog) → Program · Program.evaluate(values, world) → Outcome
    parse(text, place) → tree · trace(…) → Step … · explain(tree, form, catalog) → sentence

The grammar stands in `parser`, the functions in `functions`, decisions about numbers in `arithmetic`.
"""

from ffp_admin.rules.checking import check, check_form
from ffp_admin.rules.declared import Use
from ffp_admin.rules.outcome import Finding, Outcome, Step, World
from ffp_admin.rules.parser import ExpressionProblem, parse
from ffp_admin.rules.program import Program, program
from ffp_admin.rules.sentences import explain, sentences
from ffp_admin.rules.tracing import trace
from ffp_admin.rules.writing import text

__all__ = [
    "ExpressionProblem",
    "Finding",
    "Outcome",
    "Program",
    "Step",
    "Use",
    "World",
    "check",
    "check_form",
    "explain",
    "parse",
    "program",
    "sentences",
    "text",
    "trace",
]
