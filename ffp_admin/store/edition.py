"""One release as a process knows it: catalog, tables and programs, compiled on first use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from ffp_admin import rules
from ffp_admin.keyring import Keyring
from ffp_admin.models import FormTables, compile_form
from ffp_admin.models.trails import household_trail, unit_trails
from ffp_admin.problems import Problem
from ffp_admin.rules import Program
from ffp_admin.spec.model import Catalog, Form
from ffp_admin.store.limits import FieldLimits, limits_of


@dataclass(slots=True, kw_only=True, eq=False)
class Edition:
    """A release's frozen contents; only the caches behind `tables`, `program` and `words` grow.

    Two threads may compile the same form at once; either result is right, one of them is kept.
    """

    release: int
    catalog: Catalog
    versions: Mapping[str, int]
    #: form → field path → physical name
    columns: Mapping[str, Mapping[str, str]]
    keyring: Keyring
    #: what the stored files say wrong since the program was upgraded; those declarations are missing
    problems: tuple[Problem, ...] = ()
    _tables: dict[str, FormTables] = field(default_factory=dict)
    _programs: dict[str, Program] = field(default_factory=dict)
    _words: dict[str, Mapping[str, str]] = field(default_factory=dict)
    _limits: dict[str, Mapping[str, FieldLimits]] = field(default_factory=dict)

    def form(self, key: str) -> Form:
        """A declared form; KeyError when there is none."""
        return self.catalog.forms[key]

    def tables(self, key: str) -> FormTables:
        """The compiled tables of a form; KeyError when there is none."""
        found = self._tables.get(key)
        if found is None:
            made = compile_form(self.catalog.forms[key], self.columns[key], self.keyring)
            found = self._tables.setdefault(key, self._with_trails(made))
        return found

    def _with_trails(self, tables: FormTables) -> FormTables:
        """How the form's records lead to households and units; that rests on other forms, too."""
        key = tables.form.key
        household = household_trail(self.catalog, self.columns, key)
        units = unit_trails(self.catalog, self.columns, key)
        if (household, units) == (tables.household, tables.units):
            return tables
        return replace(tables, household=household, units=units)

    def limits(self, role: str) -> Mapping[str, FieldLimits]:
        """What a role sees not at all or as stars, by form; nothing for an unknown role."""
        found = self._limits.get(role)
        if found is None:
            found = self._limits.setdefault(role, limits_of(self.catalog, role))
        return found

    def program(self, key: str) -> Program:
        """The rules of a form; KeyError when there is none."""
        found = self._programs.get(key)
        if found is None:
            made = rules.program(self.catalog.forms[key], self.catalog)
            found = self._programs.setdefault(key, made)
        return found

    def words(self, list_key: str) -> Mapping[str, str]:
        """Code, label or alias → code, for one code list; empty for an unknown list."""
        found = self._words.get(list_key)
        if found is None:
            codes = self.catalog.codes.get(list_key)
            spelled = {
                text: word.code
                for word in reversed(codes.words if codes else ())
                for text in (*word.aliases, word.label, word.code)
            }
            # codes in list order first, then the other spellings
            order = {word.code: word.code for word in (codes.words if codes else ())}
            found = self._words.setdefault(list_key, MappingProxyType({**order, **spelled, **order}))
        return found

    def adopt(self, older: Edition) -> None:
        """Take over what an older edition compiled from the same version and columns of a form."""
        for key, tables in older._tables.items():
            same = key in self.catalog.forms and self.versions.get(key) == older.versions.get(key)
            if same and self.columns.get(key) == older.columns.get(key):
                self._tables[key] = self._with_trails(tables)
