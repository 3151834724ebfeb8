"""What goes wrong in the interface, as problem details (RFC 9457): where, what, how to mend it, field by field."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as attribute
from types import MappingProxyType
from typing import Any

from flask import Response
from werkzeug.exceptions import HTTPException

from ffp_admin.i18n import N_, _

MIME = "application/problem+json"
_TYPE = "urn:ffp:problem:"

#: status → word of the type, title, what to do
TOLD: Mapping[int, tuple[str, str, str]] = MappingProxyType(
    {
        400: ("malformed", N_("The request cannot be read"), N_("Nothing was changed. Mend the request and send it again.")),
        401: ("unknown", N_("Nobody is logged in"), N_("Send a valid token in the header Authorization, or log in.")),
        403: ("forbidden", N_("This may not be done"), N_("The account or the token lacks the right. Ask the county administrator for it.")),
        404: ("absent", N_("There is nothing here"), N_("The address is wrong, or the record lies outside the area.")),
        405: ("method", N_("This cannot be done here"), N_("The address knows other methods; the description of the interface lists them.")),
        409: ("state", N_("The record does not allow this"), N_("Read the record again and look at its state.")),
        412: ("stale", N_("The record was changed meanwhile"), N_("Read the record again, look at the differences, and send the change with its new version.")),
        413: ("large", N_("Too much was sent at once"), N_("Send less at once. Nothing was changed.")),
        415: ("media", N_("The content is not JSON"), N_("Send JSON in UTF-8 with the header Content-Type: application/json.")),
        421: ("host", N_("This address does not belong to the system"), N_("Use the address your county gave you.")),
        422: ("rejected", N_("The record cannot be saved like this"), N_("Nothing was saved. Mend the fields listed and send it again.")),
        428: ("version", N_("The version is missing"), N_("Send the version you read in the header If-Match, so that nobody's change is lost.")),
        429: ("often", N_("That was too often in a short time"), N_("Wait for the seconds named in the header Retry-After, then send it again.")),
        500: ("broken", N_("Something went wrong in the program"), N_("Tell the administrator the number of the error.")),
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One entry: which field, what is wrong with it and how to mend it; `more` stands beside."""

    field: str
    code: str
    message: str
    more: Mapping[str, object] = attribute(default_factory=dict)

    def told(self) -> dict[str, object]:
        """As JSON."""
        return {
            "field": self.field,
            "pointer": pointer_of(self.field),
            "code": self.code,
            "message": self.message,
            **self.more,
        }


class Trouble(Exception):
    """Ends a request of the interface with a problem."""

    def __init__(self, status: int, detail: str = "", faults: Iterable[Fault] = ()) -> None:
        self.status = status
        self.detail = detail
        self.faults = tuple(faults)
        super().__init__(detail)


def pointer_of(path: str) -> str:
    """A place such as 药费票据[2].金额 as JSON pointer (RFC 6901); "" for the whole."""
    parts = [part for part in re.split(r"\]?\.|\[|\]", path) if part]
    return "".join(f"/{part.replace('~', '~0').replace('/', '~1')}" for part in parts)


def problem(
    status: int,
    *,
    detail: str = "",
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] = MappingProxyType({}),
    **more: object,
) -> Response:
    """The answer for a status, with its sentence unless a better one is known."""
    word, title, advice = TOLD.get(status) or TOLD[500 if status >= 500 else 400]
    told: dict[str, Any] = {
        "type": _TYPE + word,
        "title": _(title),
        "status": status,
        "detail": detail or _(advice),
        **({"errors": [fault.told() for fault in faults]} if faults else {}),
        **more,
    }
    answer = Response(json.dumps(told, ensure_ascii=False), status=status, mimetype=MIME)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    answer.headers.update(headers)
    return answer


def of_trouble(trouble: Trouble) -> Response:
    """The answer for a trouble."""
    return problem(trouble.status, detail=trouble.detail, faults=trouble.faults)


def of_http(error: HTTPException) -> Response:
    """The answer for an error of the web frame; it keeps the header that names the methods there are."""
    status = error.code or 500
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    return problem(status, headers=headers)
