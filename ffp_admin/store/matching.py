"""Finding the records that drafts are about, by what is declared unique: how an import knows whom it knows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.store import claims
from ffp_admin.store.references import register_of
from ffp_admin.store.store import Store
from ffp_admin.store.taking import Taker


def match(
    session: Session, store: Store, form_key: str, many: Sequence[Mapping[str, Any]]
) -> list[int | None]:
    """For each set of values the id of the current record that holds one of its unique values; None for a new one.

    Whole-form rules only; the first rule that finds somebody wins. The answer is not limited to what an actor sees.
    References below zero stand for records that do not exist yet: nobody holds a value with one of them.
    """
    edition = store.edition()
    rules = [
        rule for rule in claims.unique_rules(edition.form(form_key)) if not rule.table and not rule.within
    ]
    defaults = Taker(edition, edition.form(form_key)).defaults()
    pointing = [(rule, [one.key for one in rule.fields if register_of(one)]) for rule in rules]
    wanted = [
        [
            claim
            for claim, _place in claims.claims_of(
                [rule for rule, keys in pointing if all(_is_there(values.get(key)) for key in keys)],
                0,
                {**defaults, **values},
                store.keyring,
            )
        ]
        for values in many
    ]
    holding = claims.holders(session, [claim for some in wanted for claim in some])
    return [next((holding[claim] for claim in some if claim in holding), None) for some in wanted]


def _is_there(reference: object) -> bool:
    return not isinstance(reference, int) or reference > 0
