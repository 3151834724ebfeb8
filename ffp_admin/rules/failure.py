"""How the parser and the binder give up on a part of an expression."""

from __future__ import annotations

from dataclasses import replace

from ffp_admin.problems import Code, Place, Problem


class ExpressionError(Exception):
    """Something is wrong at a character of an expression; turned into a Problem by whoever knows the file."""

    def __init__(self, code: Code, at: int, **facts: object) -> None:
        self.code = code
        self.at = at
        self.facts = facts
        super().__init__(code.number)

    def problem(self, place: Place) -> Problem:
        """The problem, at the place of the expression moved on to the character that is wrong."""
        return Problem(code=self.code, place=replace(place, column=place.column + self.at), facts=self.facts)
