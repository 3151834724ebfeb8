"""Lines of the trail as a file for WPS and Excel (.csv)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from ffp_admin.i18n import N_, _
from ffp_admin.screens.auditwords import facts_of, form_label, source_text, who_text
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.store import AuditLine
from ffp_admin.store.audit_words import action_words, exact


def csv_rows(lines: Iterator[AuditLine], desk: RequestDesk) -> Iterator[list[str]]:
    """Lines for a sheet: a heading, then one row each; no cell is taken for a formula."""
    yield [_(one) for one in (N_("Line no."), N_("When"), N_("Who"), N_("Account no."), N_("Action"), N_("Register"),
                              N_("Record no."), N_("Place"), N_("Address"), N_("How"), N_("Facts"))]  # fmt: skip
    for line in lines:
        facts = "；".join(f"{label}：{text}" for label, text in facts_of(line, desk))
        cells = (
            line.id,
            exact(line.at),
            who_text(line),
            line.user_id or "",
            action_words(line.action),
            form_label(line.form, desk.edition.catalog),
            line.record_id or "",
            desk.caption("region", line.region_code) if line.region_code else "",
            line.address or "",
            source_text(line.source),
            facts,
        )
        yield [_harmless(str(cell)) for cell in cells]


def _harmless(text: str) -> str:
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def as_csv(rows: Iterator[list[str]]) -> Iterator[str]:
    """Rows as pieces of the file."""
    out = io.StringIO()
    writer = csv.writer(out)
    for row in rows:
        writer.writerow(row)
        if out.tell() > 60_000:
            yield out.getvalue()
            out.seek(0)
            out.truncate()
    yield out.getvalue()
