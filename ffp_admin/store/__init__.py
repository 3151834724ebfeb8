"""Records: saved by rules, seen by region, kept with their history, on SQLite or PostgreSQL.

with store.writing() as session:
    saved = save(session, store, Draft(form="household", values={…}), actor)
"""

from ffp_admin.store.actor import (
    SYSTEM,
    Actor,
    Holding,
    NotAllowed,
    Task,
    actor_of,
)
from ffp_admin.store.audit import AuditLine, Deed, note, read_audit
from ffp_admin.store.cells import Cell, Looker
from ffp_admin.store.edition import Edition
from ffp_admin.store.granting import (
    GrantChange,
    GrantProblem,
    change_rights,
    check_changes,
    declared_rights,
    local_changes,
    overriding,
    rights_in_force,
    wished_changes,
)
from ffp_admin.store.growing import PublishRefused
from ffp_admin.store.handing import HandOver, hand_over, scope_words
from ffp_admin.store.history import Change, history
from ffp_admin.store.judging import Conflict, Difference, Rejected
from ffp_admin.store.limits import FieldLimits, limits_of, shown_form, stars_of
from ffp_admin.store.listing import Page, page
from ffp_admin.store.migrate import migrate
from ffp_admin.store.narrowing import guarded, narrowed
from ffp_admin.store.pick import caption, pick
from ffp_admin.store.planning import Touched
from ffp_admin.store.rate_storage import DatabaseStorage
from ffp_admin.store.record import Draft, Meta, Record, load
from ffp_admin.store.regions import region_captions, region_names
from ffp_admin.store.release import (
    Preview,
    PublishResult,
    ReleaseMoved,
    current_files,
    differs,
    files_of,
    preview,
    publish,
    publish_package,
    restore,
)
from ffp_admin.store.releases import ReleaseLine, change_title, changes_between, changes_of, read_releases
from ffp_admin.store.resealing import KeysKept, Resealed, count_old, drop_old_keys, reseal
from ffp_admin.store.save import Saved, check, save, save_many, void
from ffp_admin.store.scopes import (
    ActingDuty,
    Holder,
    ScopeProblem,
    acting_of,
    all_acting,
    end_acting,
    end_scope,
    give_acting,
    grant_scope,
)
from ffp_admin.store.searching import Query
from ffp_admin.store.store import Store
from ffp_admin.store.tokens import (
    TOKEN_VERBS,
    Token,
    TokenProblem,
    Wish,
    make_token,
    note_use,
    token_by_id,
    token_by_secret,
    tokens_of,
    withdraw_all,
    withdraw_token,
)
from ffp_admin.store.user_scopes import SCOPE_KINDS, UserScope, all_scopes, scopes_of, set_scopes
from ffp_admin.store.visible import visible

__all__ = [
    "SCOPE_KINDS",
    "SYSTEM",
    "TOKEN_VERBS",
    "ActingDuty",
    "Actor",
    "AuditLine",
    "Cell",
    "Change",
    "Conflict",
    "DatabaseStorage",
    "Deed",
    "Difference",
    "Draft",
    "Edition",
    "FieldLimits",
    "GrantChange",
    "GrantProblem",
    "HandOver",
    "Holder",
    "Holding",
    "KeysKept",
    "Looker",
    "Meta",
    "NotAllowed",
    "Page",
    "Preview",
    "PublishRefused",
    "PublishResult",
    "Query",
    "Record",
    "Rejected",
    "ReleaseLine",
    "ReleaseMoved",
    "Resealed",
    "Saved",
    "ScopeProblem",
    "Store",
    "Task",
    "Token",
    "TokenProblem",
    "Touched",
    "UserScope",
    "Wish",
    "acting_of",
    "actor_of",
    "all_acting",
    "all_scopes",
    "caption",
    "change_rights",
    "change_title",
    "changes_between",
    "changes_of",
    "check",
    "check_changes",
    "count_old",
    "current_files",
    "declared_rights",
    "differs",
    "drop_old_keys",
    "end_acting",
    "end_scope",
    "files_of",
    "give_acting",
    "grant_scope",
    "guarded",
    "hand_over",
    "history",
    "limits_of",
    "load",
    "local_changes",
    "make_token",
    "migrate",
    "narrowed",
    "note",
    "note_use",
    "overriding",
    "page",
    "pick",
    "preview",
    "publish",
    "publish_package",
    "read_audit",
    "read_releases",
    "region_captions",
    "region_names",
    "reseal",
    "restore",
    "rights_in_force",
    "save",
    "save_many",
    "scope_words",
    "scopes_of",
    "set_scopes",
    "shown_form",
    "stars_of",
    "token_by_id",
    "token_by_secret",
    "tokens_of",
    "visible",
    "void",
    "wished_changes",
    "withdraw_all",
    "withdraw_token",
]
