"""The accounts page, for who has the duty 用户: find and add; what is done with one stands on its own page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from flask import current_app, redirect, request, url_for

from ffp_admin.i18n import N_, _
from ffp_admin.screens.accountcard import with_phone
from ffp_admin.screens.accountlist import (
    SHOWN,
    STATES,
    AccountLine,
    AccountQuery,
    find_accounts,
    state_of,
)
from ffp_admin.screens.accounts import AccountProblem, create_user
from ffp_admin.screens.accountsheet import DUTY, county_desk, require_duty
from ffp_admin.screens.acting import WHOLE_COUNTY, current_store
from ffp_admin.screens.asking import AskBox, Question, answers, blank
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.fab import Page, expose
from ffp_admin.screens.frame import MenuItem
from ffp_admin.screens.pages import Account, Link, Slip
from ffp_admin.screens.wording import day_text
from ffp_admin.store import Actor

NO_REGION = N_("Choose the area the account works in.")
TEXT = 30
#: a text of so many digits is a telephone number: it is looked up and never stands in an address
PHONE_DIGITS = 7
_BETWEEN = str.maketrans("", "", " -+()（）")
_NOTHING: Mapping[str, Sequence[str]] = MappingProxyType({})


class AccountPages(Page):
    """One list with the buttons beside each account."""

    route_base = "/accounts"
    default_view = "index"

    def menu_items(self, actor: Actor) -> list[MenuItem]:
        """One entry for who looks after accounts."""
        if DUTY not in actor.duties:
            return []
        label, told = _("Accounts"), _("Who may log in, as what, and where.")
        return [MenuItem(name="system:accounts", label=label, href="/accounts/", help=told)]

    def buttons(self, form: str, actor: Actor) -> list[Link]:
        """No register has accounts."""
        return []

    @expose("/")
    def index(self) -> Any:
        """Accounts, narrowed by what the address says."""
        require_duty()
        return self._page(_asked())

    @expose("/find", methods=("POST",))
    def find(self) -> Any:
        """What is looked for goes into the address, unless it is a telephone number."""
        require_duty()
        typed = request.form.get("name", "").strip()[:TEXT]
        digits = typed.translate(_BETWEEN)
        if digits.isascii() and digits.isdigit() and len(digits) >= PHONE_DIGITS:
            with current_store().reading() as session:
                ids = with_phone(session, current_store(), typed)
            return self._page(AccountQuery(text=typed, ids=tuple(ids)))
        with current_store().reading() as session:
            given = answers([_region()], county_desk(session))
        if not given.right:
            return self._page(replace(_posted(typed), region=""), region=given.boxes[0]), 422
        query = replace(_posted(typed), region=str(given.values["region"] or ""))
        return redirect(_place(query))

    @expose("/add", methods=("POST",))
    def add(self) -> Any:
        """A new account; its password is shown once, on this page only."""
        actor, store = require_duty(), current_store()
        with store.reading() as session:
            given = answers([_region()], county_desk(session))
        role = request.form.get("role", "")
        declared = store.catalog().roles.get(role)
        region = str(given.values.get("region") or "")
        faults = [box.fault for box in given.boxes if box.fault]
        faults += [] if region or faults or (declared and declared.duties) else [_(NO_REGION)]
        username, name = (request.form.get(key, "").strip() for key in ("username", "name"))
        place = given.boxes[0]
        if faults:
            return self._page(AccountQuery(), place=place, faults=faults), 422
        try:
            password = create_user(current_app, username, name, role, (region,) if region else (), actor)
        except AccountProblem as problem:
            return self._page(AccountQuery(), place=place, faults=[str(problem)]), 422
        return self._page(AccountQuery(), slip=Slip(username=username, name=name, password=password))

    def _page(
        self,
        query: AccountQuery,
        *,
        region: AskBox | None = None,
        place: AskBox | None = None,
        faults: Sequence[str] = (),
        slip: Slip | None = None,
    ) -> str:
        store = current_store()
        roles = {role.key: role.label for role in store.catalog().roles.values()}
        with store.reading() as session:
            desk = county_desk(session)
            page = find_accounts(session, store, query)
            desk.learn("region", [scope.region_code for line in page.lines for scope in line.scopes])
            accounts = [_account(line, roles, desk) for line in page.lines]
            region = region or _region_box(query.region, desk)
        return self.draw(
            "accounts",
            accounts=accounts,
            query=query,
            roles=roles,
            states={key: _(label) for key, label in STATES.items()},
            region=region,
            place=place or blank([_region()])[0],
            faults=faults,
            slip=slip,
            again=request.form if faults else {},
            narrowed=bool(_address(query)) or query.ids is not None,
            **_turning(query, page.total),
        )


def _region() -> Question:
    return Question(name="region", label=_("Village or area"), kind="region")


def _region_box(code: str, desk: RequestDesk) -> AskBox:
    return blank([_region()], {"region": (code, desk.caption("region", code))} if code else _NOTHING)[0]


def _asked() -> AccountQuery:
    """What the address asks for; whatever is wrong in it counts as not asked."""
    start = request.args.get("from", "0")
    return replace(
        _posted(request.args.get("name", "").strip()[:TEXT]),
        region=request.args.get("region", "")[:TEXT],
        offset=int(start) if start.isascii() and start.isdigit() and len(start) < TEXT // 4 else 0,
    )


def _posted(text: str) -> AccountQuery:
    role, state = request.values.get("role", ""), request.values.get("state", "")
    known = current_store().catalog().roles
    return AccountQuery(text=text, role=role if role in known else "", state=state if state in STATES else "")


def _address(query: AccountQuery) -> dict[str, str]:
    asked = {"name": query.text, "role": query.role, "region": query.region, "state": query.state}
    return {name: text for name, text in asked.items() if text}


def _place(query: AccountQuery, start: int = 0) -> str:
    """The address of a page of the list."""
    asked: dict[str, Any] = {**_address(query), **({"from": start} if start else {})}
    return url_for("AccountPages.index", **asked)


def _turning(query: AccountQuery, total: int) -> dict[str, object]:
    """The count, and where the pages before and after lie."""
    before, after = query.offset - SHOWN, query.offset + SHOWN
    return {
        "total": total,
        "previous_url": _place(query, max(before, 0)) if query.offset else "",
        "next_url": _place(query, after) if after < total else "",
    }


def _account(line: AccountLine, roles: Mapping[str, str], desk: RequestDesk) -> Account:
    where = [
        _("whole county") if scope.region_code == WHOLE_COUNTY else desk.caption("region", scope.region_code)
        for scope in line.scopes
        if scope.region_code
    ]
    ends = min((scope.valid_to for scope in line.scopes if scope.valid_to), default=None)
    return Account(
        id=line.id,
        username=line.username,
        name=line.name,
        role="、".join(dict.fromkeys(roles.get(scope.role, scope.role) for scope in line.scopes)),
        place="、".join(dict.fromkeys(where)),
        state=_(STATES[state_of(line.active, line.is_locked, line.is_expired, line.must_change)]),
        ends=_("until {day}", day=day_text(ends)) if ends else "",
    )
