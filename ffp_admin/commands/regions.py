"""A region named on the command line: by its code or by its name."""

from __future__ import annotations

import click
from sqlalchemy.orm import Session

from ffp_admin import store as stores
from ffp_admin.i18n import _
from ffp_admin.store import SYSTEM, Store


def region_code(store: Store, text: str) -> str:
    """The code of the region with this code or exactly this name; a ClickException names the choices."""
    with store.reading() as session:
        found = _candidates(session, store, text)
        names = stores.region_names(session, store.edition(), [str(code) for code, _caption in found])
    exact = [str(code) for code, caption in found if text in (str(code), caption, names[str(code)][-1])]
    if len(exact) == 1:
        return exact[0]
    if not exact:
        near = "、".join(f"{caption}（{code}）" for code, caption in found) or "—"
        raise click.ClickException(_("There is no region '{text}'. Similar: {near}", text=text, near=near))
    choices = "、".join(exact)
    raise click.ClickException(
        _("'{text}' names several regions; give the code: {choices}", text=text, choices=choices)
    )


def _candidates(session: Session, store: Store, text: str) -> list[tuple[object, str]]:
    """Regions that begin with the text; behind a township's name the village's own begins later in it."""
    for start in range(len(text)):
        found = stores.pick(session, store, "region", text[start:], SYSTEM, limit=20)
        if any(text in (str(code), caption) or not start for code, caption in found):
            return list(found)
    return []
