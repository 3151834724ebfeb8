"""What every action in the trail is called, by group: an action without a word is found by a test."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from ffp_admin.calendar import COUNTY_ZONE
from ffp_admin.i18n import N_, _

#: an ID number, a card, an account or a telephone that somebody typed into a reason or a note
_NUMBER = re.compile(r"(?<![0-9])[0-9]{11,19}[Xx]?(?![0-9])")

LOOKS, RECORDS, PAPER, LOGINS, ACCOUNTS, RIGHTS, RELEASES, KEEPING, AUDITING = (
    "looks",
    "records",
    "paper",
    "logins",
    "accounts",
    "rights",
    "releases",
    "keeping",
    "auditing",
)
#: group → what it is called, in the order of pages and digests
GROUPS: Mapping[str, str] = MappingProxyType(
    {
        LOOKS: N_("Looking at hidden values"),
        RECORDS: N_("Filling in and changing records"),
        PAPER: N_("Documents on paper"),
        LOGINS: N_("Logging in"),
        ACCOUNTS: N_("Accounts and their places"),
        RIGHTS: N_("Rights of roles"),
        RELEASES: N_("Declarations in force"),
        KEEPING: N_("Backup, restore, keys"),
        AUDITING: N_("The audit itself"),
    }
)
#: action → group, word
ACTIONS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "look": (LOOKS, N_("looked at hidden values")),
        "create": (RECORDS, N_("made a record")),
        "change": (RECORDS, N_("changed a record")),
        "void": (RECORDS, N_("made a record void")),
        "batch": (RECORDS, N_("wrote many records at once")),
        "ask": (RECORDS, N_("asked for a change of key data")),
        "request_confirmed": (RECORDS, N_("confirmed a change of key data")),
        "request_refused": (RECORDS, N_("refused a change of key data")),
        "request_withdrawn": (RECORDS, N_("took back a change of key data")),
        "request_stale": (RECORDS, N_("let an outdated change of key data fall")),
        "print": (PAPER, N_("had a document drawn")),
        "open_print": (PAPER, N_("opened a document")),
        "login": (LOGINS, N_("logged in")),
        "login_failed": (LOGINS, N_("failed to log in")),
        "login_locked": (LOGINS, N_("was locked after failures")),
        "login_crowded": (LOGINS, N_("too many failures from one address")),
        "logout": (LOGINS, N_("logged out")),
        "other_sessions_ended": (LOGINS, N_("ended all other sessions")),
        "second_factor_failed": (LOGINS, N_("typed a wrong code")),
        "recovery_code_used": (LOGINS, N_("used a recovery code")),
        "password_changed": (ACCOUNTS, N_("changed the own password")),
        "password_reset": (ACCOUNTS, N_("reset the password of an account")),
        "second_factor_on": (ACCOUNTS, N_("bound an authenticator")),
        "second_factor_reset": (ACCOUNTS, N_("reset a second factor")),
        "recovery_codes_renewed": (ACCOUNTS, N_("renewed recovery codes")),
        "account_added": (ACCOUNTS, N_("made an account")),
        "account_on": (ACCOUNTS, N_("switched an account on")),
        "account_off": (ACCOUNTS, N_("switched an account off")),
        "account_card": (ACCOUNTS, N_("changed unit or telephone of an account")),
        "scope_given": (ACCOUNTS, N_("gave a role in a place")),
        "scope_ended": (ACCOUNTS, N_("ended a role in a place")),
        "acting_given": (ACCOUNTS, N_("let somebody act for another")),
        "acting_ended": (ACCOUNTS, N_("ended acting for another")),
        "token_made": (ACCOUNTS, N_("made a token for another system")),
        "token_withdrawn": (ACCOUNTS, N_("withdrew a token")),
        "hand_over": (ACCOUNTS, N_("handed over")),
        "beside_user_creating": (ACCOUNTS, N_("an account was made beside the pages")),
        "beside_user_updating": (ACCOUNTS, N_("an account was changed beside the pages")),
        "beside_user_deleting": (ACCOUNTS, N_("an account was deleted beside the pages")),
        "right_given": (RIGHTS, N_("gave a right to a role")),
        "right_taken": (RIGHTS, N_("took a right from a role")),
        "beside_right_given": (RIGHTS, N_("a right was given beside the pages")),
        "beside_right_taken": (RIGHTS, N_("a right was taken beside the pages")),
        "beside_role_creating": (RIGHTS, N_("a role was made beside the pages")),
        "beside_role_updating": (RIGHTS, N_("a role was changed beside the pages")),
        "beside_role_deleting": (RIGHTS, N_("a role was deleted beside the pages")),
        "beside_group_creating": (RIGHTS, N_("a group was made beside the pages")),
        "beside_group_updating": (RIGHTS, N_("a group was changed beside the pages")),
        "beside_group_deleting": (RIGHTS, N_("a group was deleted beside the pages")),
        "publish": (RELEASES, N_("put declarations in force")),
        "backup": (KEEPING, N_("made a backup")),
        "restored": (KEEPING, N_("restored the data from a backup")),
        "key_rotated": (KEEPING, N_("made a new key")),
        "key_dropped": (KEEPING, N_("dropped old keys")),
        "audit_read": (AUDITING, N_("read the audit trail")),
        "audit_who": (AUDITING, N_("asked who saw a record")),
        "audit_download": (AUDITING, N_("downloaded lines of the audit trail")),
        "audit_verified": (AUDITING, N_("checked the chain")),
        "audit_digest": (AUDITING, N_("printed the daily digest")),
    }
)


def exact(at: datetime) -> str:
    """2026-11-24 08:15:00 in the county: in a trail seconds count."""
    return at.astimezone(COUNTY_ZONE).strftime("%Y-%m-%d %H:%M:%S")


def head_groups(head: str) -> list[str]:
    """A head of the chain in groups of eight digits, to be read out or typed off paper."""
    return [head[at : at + 8] for at in range(0, len(head), 8)]


def action_words(action: str) -> str:
    """An action in plain words; one that is unknown here stands as it is."""
    known = ACTIONS.get(action)
    return _(known[1]) if known else action


def actions_of(group: str) -> tuple[str, ...]:
    """The actions of a group."""
    return tuple(action for action, (one, _word) in ACTIONS.items() if one == group)


def starred(text: str) -> str:
    """The text without long numbers: whoever reads the trail, nobody is found by them."""
    return _NUMBER.sub(lambda found: f"{found[0][:3]}{'*' * (len(found[0]) - 5)}{found[0][-2:]}", text)
