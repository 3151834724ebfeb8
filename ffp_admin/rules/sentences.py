"""What a form's rules say about a field, in whole sentences: for the help beside it and for `explain`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from ffp_admin.i18n import N_, _
from ffp_admin.rules import tree as t
from ffp_admin.rules.binder import loosely
from ffp_admin.rules.declared import Bound, Use, bound_rules
from ffp_admin.rules.explaining import sentence
from ffp_admin.rules.scope import scope_of
from ffp_admin.spec.model import Catalog, Form

_USES: Mapping[Use, str] = MappingProxyType(
    {
        Use.SECTION: N_("Shown when {condition}."),
        Use.SHOWN: N_("Shown when {condition}."),
        Use.REQUIRED: N_("Required when {condition}."),
        Use.FILLED: N_("Taken from {condition}."),
        Use.FORMULA: N_("Computed: {condition}."),
        Use.CHECK: N_("Must hold: {condition}."),
    }
)


def explain(tree: t.Node, form: Form, catalog: Catalog) -> str:
    """What an expression says, in the current locale; raises ExpressionError when it does not fit the form."""
    return sentence(
        tree if tree.type is not None else loosely(tree, scope_of(form, catalog, looks_around=True))
    )


def sentences(form: Form, catalog: Catalog) -> Mapping[tuple[Use, str], str]:
    """(use, path) → sentence for every usable expression of a form; paths as in `declared.Rule`."""
    bound, _problems = bound_rules(form, catalog)
    return said(bound)


def said(bound: Bound) -> Mapping[tuple[Use, str], str]:
    """The sentence of every bound rule."""
    return {key: _(_USES[key[0]], condition=sentence(tree)) for key, tree in bound.items()}
