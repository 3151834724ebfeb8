"""Records: saved by rules, seen by region, kept with their history, on SQLite or PostgreSQL.

with store.writing() as session:
    saved = save(session, store, Draft(form="household", values={…}), actor)
"""

from ffp_admin.store.actor import (
    SYSTEM,
    Actor,
    NotAllowed,
    UserScope,
    actor_of,
    scopes_of,
    set_scopes,
)
from ffp_admin.store.audit import AuditLine, Deed, note, read_audit
from ffp_admin.store.cells import Cell, Looker
from ffp_admin.store.edition import Edition
from ffp_admin.store.history import Change, history
from ffp_admin.store.judging import Conflict, Difference, Rejected
from ffp_admin.store.listing import Page, page
from ffp_admin.store.migrate import migrate
from ffp_admin.store.pick import caption, pick
from ffp_admin.store.record import Draft, Meta, Record, load
from ffp_admin.store.regions import region_captions, region_names
from ffp_admin.store.release import (
    PublishRefused,
    PublishResult,
    current_files,
    differs,
    preview,
    publish,
    restore,
)
from ffp_admin.store.resealing import reseal_some
from ffp_admin.store.save import Saved, check, save, save_many, void
from ffp_admin.store.searching import Query
from ffp_admin.store.store import Store
from ffp_admin.store.visible import visible

__all__ = [
    "SYSTEM",
    "Actor",
    "AuditLine",
    "Cell",
    "Change",
    "Conflict",
    "Deed",
    "Difference",
    "Draft",
    "Edition",
    "Looker",
    "Meta",
    "NotAllowed",
    "Page",
    "PublishRefused",
    "PublishResult",
    "Query",
    "Record",
    "Rejected",
    "Saved",
    "Store",
    "UserScope",
    "actor_of",
    "caption",
    "check",
    "current_files",
    "differs",
    "history",
    "load",
    "migrate",
    "note",
    "page",
    "pick",
    "preview",
    "publish",
    "read_audit",
    "region_captions",
    "region_names",
    "reseal_some",
    "restore",
    "save",
    "save_many",
    "scopes_of",
    "set_scopes",
    "visible",
    "void",
]
