"""A region named on the command line: by its code or by its name."""

from __future__ import annotations

import click

from ffp_admin import store as stores
from ffp_admin.i18n import _
from ffp_admin.store import SYSTEM, Store


def region_code(store: Store, text: str) -> str:
    """The code of the region with this code or exactly this name; a ClickException names the choices."""
    with store.reading() as session:
        found = stores.pick(session, store, "region", text, SYSTEM, limit=20)
    exact = [str(code) for code, caption in found if text in (str(code), caption)]
    if len(exact) == 1:
        return exact[0]
    if not exact:
        near = "、".join(f"{caption}（{code}）" for code, caption in found) or "—"
        raise click.ClickException(_("There is no region '{text}'. Similar: {near}", text=text, near=near))
    choices = "、".join(exact)
    raise click.ClickException(
        _("'{text}' names several regions; give the code: {choices}", text=text, choices=choices)
    )
