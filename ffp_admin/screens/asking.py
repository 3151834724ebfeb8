"""Short question sheets on pages that are no form of the catalog: asked, read, shown again with what is wrong beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from flask import request
from sqlalchemy import select

from ffp_admin.i18n import N_, _
from ffp_admin.problems import Place
from ffp_admin.screens.desk import RequestDesk
from ffp_admin.screens.kinds import SCREENS
from ffp_admin.screens.reading import NOT_FOUND, ONE_LINE, SEVERAL, Raw, Unreadable, limited
from ffp_admin.screens.tables import User
from ffp_admin.spec.model import Field

ACCOUNT = "account"
OFFERED = 20
MISSING = N_("Fill this in.")
#: kinds of the catalog whose records are picked by typing
PICKED = ("region", "household", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing that is asked; `kind` is text, date, select, ticks, account or a register that is picked."""

    name: str
    label: str
    kind: str = "text"
    required: bool = False
    options: Sequence[tuple[str, str]] = ()
    help: str = ""
    #: where the page looks up what is typed
    base: str = "/accounts/pick"

    @property
    def widget(self) -> str:
        """Which control asks it."""
        return "pick" if self.kind in (*PICKED, ACCOUNT) else self.kind

    @property
    def pick_url(self) -> str:
        """Where the script looks up what is typed."""
        return f"{self.base}/{self.kind}"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskBox:
    """A question with what stands in its control, and what is wrong with it."""

    question: Question
    texts: Sequence[str] = ()
    fault: str = ""
    offers: Sequence[tuple[object, str]] = ()

    @property
    def text(self) -> str:
        """What stands in a control of one text."""
        return self.texts[0] if self.texts else ""

    @property
    def typed(self) -> str:
        """What stands in the visible box of a picker."""
        return self.texts[1] if len(self.texts) > 1 else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Read values by name, and the boxes to show again."""

    values: Mapping[str, Any] = field(default_factory=dict)
    boxes: Sequence[AskBox]

    @property
    def right(self) -> bool:
        """Whether everything could be read."""
        return not any(box.fault for box in self.boxes)

    def refused(self, name: str, text: str) -> Answers:
        """The same with a sentence beside one box, the first one when no box has the name."""
        names = [box.question.name for box in self.boxes]
        at = names.index(name) if name in names else 0
        return replace(
            self, boxes=[replace(box, fault=text) if i == at else box for i, box in enumerate(self.boxes)]
        )


def blank(questions: Sequence[Question], given: Mapping[str, Sequence[str]] | None = None) -> list[AskBox]:
    """The boxes before anything was typed, with what is proposed."""
    proposed = given or {}
    return [AskBox(question=one, texts=proposed.get(one.name, ())) for one in questions]


def answers(questions: Sequence[Question], desk: RequestDesk) -> Answers:
    """Read what was posted."""
    values: dict[str, Any] = {}
    boxes = []
    for question in questions:
        raw = tuple(request.form.getlist(question.name))
        try:
            value, texts = _READ.get(question.kind, _read_kind)(raw, question, desk)
            if question.required and not value:
                raise Unreadable(_(MISSING))
            values[question.name] = value
            boxes.append(AskBox(question=question, texts=texts))
        except Unreadable as reason:
            boxes.append(AskBox(question=question, texts=raw[:2], fault=reason.message, offers=reason.offers))
    return Answers(values=values, boxes=boxes)


def _read_kind(raw: Raw, question: Question, desk: RequestDesk) -> tuple[Any, Raw]:
    screen = SCREENS[question.kind]
    declared = Field(key=question.name, kind=question.kind, label=question.label, place=Place(file=""))
    value = screen.read(raw, declared, desk)
    return value, screen.write(value, declared, desk) if value is not None else ()


def _read_text(raw: Raw, _question: Question, _desk: RequestDesk) -> tuple[Any, Raw]:
    text = limited(raw, ONE_LINE).strip()
    return text, (text,)


def _read_select(raw: Raw, question: Question, _desk: RequestDesk) -> tuple[Any, Raw]:
    chosen = raw[0] if raw else ""
    return (chosen if chosen in dict(question.options) else ""), (chosen,)


def _read_ticks(raw: Raw, question: Question, _desk: RequestDesk) -> tuple[Any, Raw]:
    known = dict(question.options)
    chosen = tuple(one for one in raw if one in known)
    return chosen, chosen


def _read_account(raw: Raw, _question: Question, desk: RequestDesk) -> tuple[Any, Raw]:
    known, typed, chosen = (*raw, "", "", "")[:3]
    typed = typed.strip()
    if not (typed or chosen):
        return None, ()
    ident = chosen or known
    by_id = dict(found_accounts(desk, "", int(ident))) if ident.isascii() and ident.isdigit() else {}
    fits = by_id if chosen or typed in by_id.values() else dict(found_accounts(desk, typed))
    if len(fits) > 1:
        raise Unreadable(_(SEVERAL, value=typed), tuple(fits.items()))
    if not fits:
        raise Unreadable(_(NOT_FOUND, value=typed))
    [(user_id, caption)] = fits.items()
    return user_id, (str(user_id), caption)


_READ: Mapping[str, Callable[[Raw, Question, RequestDesk], tuple[Any, Raw]]] = MappingProxyType(
    {"text": _read_text, "select": _read_select, "ticks": _read_ticks, ACCOUNT: _read_account}
)


def found_accounts(desk: RequestDesk, typed: str, user_id: int | None = None) -> list[tuple[int, str]]:
    """Accounts whose name or user name begins so, as 李文书（willow）; or the one of an id."""
    query = select(User.c.id, User.c.first_name, User.c.username).order_by(User.c.username).limit(OFFERED)
    if user_id is not None:
        query = query.where(User.c.id == user_id)
    else:
        name = typed.partition("（")[0]
        query = query.where(
            User.c.username.startswith(name, autoescape=True)
            | User.c.first_name.startswith(name, autoescape=True)
        )
    return [(row.id, f"{row.first_name}（{row.username}）") for row in desk.session.execute(query)]
