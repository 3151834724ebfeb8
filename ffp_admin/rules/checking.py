"""Every expression of a catalog, checked before anything runs (paths in lists and documents: `spec`)."""

from __future__ import annotations

from ffp_admin.problems import Problem
from ffp_admin.rules.declared import bound_rules
from ffp_admin.rules.order import ordered, units
from ffp_admin.spec.model import Catalog, Form


def check(catalog: Catalog) -> tuple[Problem, ...]:
    """All problems of all expressions, sorted by place."""
    found: list[Problem] = []
    for form in catalog.forms.values():
        found += check_form(form, catalog)
    return tuple(sorted(found, key=lambda one: (one.place, one.code.number)))


def check_form(form: Form, catalog: Catalog) -> tuple[Problem, ...]:
    """All problems of one form's expressions, circles among its computed fields included."""
    bound, problems = bound_rules(form, catalog)
    _names, circles = ordered(units(form, bound))
    return (*problems, *circles)
