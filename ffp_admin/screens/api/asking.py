"""What a list is asked for: filters, order and cursor of an address, or of a search that holds a keyword as well.

A keyword may be a person's number, so it is posted: it never stands in an address.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from ffp_admin.i18n import N_, _
from ffp_admin.models import FormTables
from ffp_admin.screens.api.body import NO_TEXT, is_plain, only
from ffp_admin.screens.api.trouble import Fault, Trouble
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.screens.listing import SIEVES, filter_fields
from ffp_admin.screens.numbers import record_number
from ffp_admin.screens.reading import Unreadable
from ffp_admin.spec.model import Field, Form
from ffp_admin.store import Actor, Query
from ffp_admin.store.searching import is_open

SIZE, LARGEST_PAGE = 50, 200
KEYWORD_LENGTH = 60
#: names in an address that are no fields
AFTER, BEFORE, LENGTH, ORDER = "q-after", "q-before", "q-size", "q-order"
PLACES = (AFTER, BEFORE, LENGTH, ORDER)
SEARCHED = ("keyword", "filters", "after", "before", "size", "order")

ONCE = N_("'{key}' may stand in the address only {count} times.")
NOT_A_NUMBER = N_("'{key}' takes a whole number from 1 to {limit}.")
ONE_WAY = N_("Ask for what comes after or for what comes before, not for both.")
NO_ORDER = N_("Lists of this register can be put in order only by: {keys}.")
NO_VALUE = N_("'{label}' cannot be filtered by '{text}'.")
NO_KEYWORD = N_("The keyword is a text of at most {limit} characters.")
NO_FILTERS = N_("The filters are a JSON object: by field name a value, or a list of two, from and to.")
_TRUTHS = {"true": "1", "false": "0", "1": "1", "0": "0"}


def orders(tables: FormTables, actor: Actor) -> list[str]:
    """The keys a list may be ordered by: indexed fields whose values the asker may see."""
    leading = {next(iter(index.columns)).name for index in tables.main.indexes}
    fields = [
        field.key
        for field in tables.form.fields()
        if tables.names.get(field.key) in leading and is_open(tables.form, actor, field.key)
    ]
    return ["created", *(["updated"] if "updated_at" in leading else []), *fields]


def of_address(form: Form, tables: FormTables, given: MultiDict[str, str], desk: RequestDesk) -> Query:
    """What an address asks for; Trouble 400 with everything that is wrong in it."""
    texts = {key: tuple(given.getlist(key)) for key in given}
    if any(not is_plain(text) for several in texts.values() for text in several):
        raise Trouble(400, _(NO_TEXT))
    only(texts, [*PLACES, *(field.key for field in filter_fields(form))])
    faults = [_once(key, 1) for key in PLACES if len(texts.get(key, ())) > 1]
    places = {key: texts[key][0] for key in PLACES if key in texts}
    filters = {key: several for key, several in texts.items() if key not in PLACES}
    return _query(form, tables, desk, filters, places, "", faults)


def of_search(form: Form, tables: FormTables, given: Mapping[str, Any], desk: RequestDesk) -> Query:
    """What a posted search asks for."""
    only(given, SEARCHED)
    keyword, filters = given.get("keyword", ""), given.get("filters", {})
    if not isinstance(keyword, str) or len(keyword) > KEYWORD_LENGTH:
        raise Trouble(400, faults=[_fault("keyword", _(NO_KEYWORD, limit=KEYWORD_LENGTH))])
    if not isinstance(filters, dict):
        raise Trouble(400, faults=[_fault("filters", _(NO_FILTERS))])
    only(filters, [field.key for field in filter_fields(form)])
    texts = {key: tuple(_as_texts(value)) for key, value in filters.items()}
    places = {f"q-{key}": _plain(given[key]) for key in ("after", "before", "size", "order") if key in given}
    return _query(form, tables, desk, texts, places, keyword, [])


def _as_texts(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, list | dict):
            raise Trouble(400, faults=[_fault("filters", _(NO_FILTERS))])
        yield _plain(one)


def _plain(value: Any) -> str:
    """A JSON value as it would stand in an address."""
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _query(
    form: Form,
    tables: FormTables,
    desk: RequestDesk,
    texts: Mapping[str, tuple[str, ...]],
    places: Mapping[str, str],
    keyword: str,
    faults: list[Fault],
) -> Query:
    filters = _filters(form, texts, desk, faults)
    after, before = (_number(places, key, faults) for key in (AFTER, BEFORE))
    size = _number(places, LENGTH, faults, LARGEST_PAGE) or SIZE
    if after is not None and before is not None:
        faults.append(_fault(BEFORE, _(ONE_WAY)))
    order, known = places.get(ORDER, ""), orders(tables, desk.actor)
    if order and order.removeprefix("-") not in known:
        faults.append(_fault(ORDER, _(NO_ORDER, keys="、".join(known))))
    if faults:
        raise Trouble(400, faults=faults)
    return Query(keyword=keyword, filters=filters, after=after, before=before, size=size, order=order)


def _filters(
    form: Form, texts: Mapping[str, tuple[str, ...]], desk: RequestDesk, faults: list[Fault]
) -> dict[str, Any]:
    fields = {field.key: field for field in filter_fields(form)}
    filters: dict[str, Any] = {}
    for key, several in texts.items():
        stripped = tuple(text.strip() for text in several)
        most = 2 if SCREENS[fields[key].kind].sieve == "span" else 1
        if len(stripped) > most:
            faults.append(_once(key, most))
        elif any(stripped):
            try:
                filters[key] = _read(fields[key], stripped, desk)
            except Unreadable as reason:
                faults.append(_fault(key, f"{fields[key].label}：{reason.message}"))
    return filters


def _read(field: Field, texts: tuple[str, ...], desk: RequestDesk) -> Any:
    sieve = SCREENS[field.kind].sieve
    if sieve == "truth":
        texts = (_TRUTHS.get(texts[0].lower(), ""),)
    value, _kept = SIEVES[sieve](field, texts, desk)
    if value is None:
        raise Unreadable(_(NO_VALUE, label=field.label, text=texts[0][:40]))
    return value


def _number(places: Mapping[str, str], key: str, faults: list[Fault], limit: int = 0) -> int | None:
    if key not in places:
        return None
    number = record_number(places[key])
    if number is None or number < 1 or (limit and number > limit):
        faults.append(_fault(key, _(NOT_A_NUMBER, key=key, limit=limit or "9223372036854775807")))
        return None
    return number


def _once(key: str, count: int) -> Fault:
    return _fault(key, _(ONCE, key=key, count=count))


def _fault(key: str, message: str) -> Fault:
    return Fault(field=key, code="query", message=message)
