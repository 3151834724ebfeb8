"""The sandbox: a template sees plain values, reaches nothing else, and cannot blow up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from ffp_admin.printing.child import PrintJob, PrintResult, draw
from ffp_admin.printing.failures import PrintCode, PrintFailed, PrintProblem
from ffp_admin.printing.plain import dumps, loads, plain
from ffp_admin.printing.settings import PrintSettings

Render = Callable[..., PrintResult]


@pytest.fixture
def render(print_settings: PrintSettings, template_folder: Path) -> Render:
    """Draws a template text with some values."""
    settings = replace(print_settings, template_dirs=(template_folder,))

    def draw_text(template: str, **context: object) -> PrintResult:
        (template_folder / "page.html").write_text(template, encoding="utf-8")
        return draw(PrintJob(template="page.html", context=context), settings=settings)

    return draw_text


def _refused(render: Render, template: str, **context: object) -> PrintProblem:
    with pytest.raises(PrintFailed) as failed:
        render(template, **context)
    (problem,) = failed.value.problems
    return problem


@dataclass(frozen=True, kw_only=True)
class Frozen:
    """May be shown."""

    name: str
    amounts: tuple[Decimal, ...] = ()


@dataclass
class Changeable:
    """May not."""

    name: str


class Text(str):
    """A text with behaviour of its own."""


@pytest.mark.parametrize(
    "template",
    [
        "{{ name.__class__ }}",
        "{{ name.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''.join.__globals__ }}",
        "{{ '{0.__class__}'.format(name) }}",
        "{{ names.append('x') }}",
        "{% for n in range(10**9) %}{% endfor %}",
        "{{ 'a' * 10**8 }}",
        "{{ 10 ** 10 ** 10 }}",
        "{{ '%0999999999d' % 1 }}",
        "{{ [1] * 10**9 }}",
    ],
)
def test_what_a_template_may_not_do(render: Render, template: str) -> None:
    problem = _refused(render, template, name="王五", names=["王五"])
    assert problem.code in (PrintCode.TEMPLATE_FORBIDDEN, PrintCode.TEMPLATE_UNDEFINED)
    assert problem.facts["template"] == "page.html"


@pytest.mark.parametrize(
    "template",
    [
        '<img src="file:///etc/hostname">',
        '<link rel="stylesheet" href="https://example.org/x.css">',
        '<style>@import url("file:///etc/hostname");</style>',
        "<style>@font-face{font-family:x;src:url(http://127.0.0.1/x.ttf)}p{font-family:x}</style><p>x",
        '<a rel="attachment" href="file:///etc/hostname">x</a>',
        '<p style="background:url(data:image/svg+xml,%3Csvg/%3E)">x',
        '<img src="asset:../secret.png">',
        '<img src="asset:unknown.png">',
        '<object data="file:///etc/hostname"></object>',
    ],
)
def test_nothing_outside_is_drawn_in(render: Render, template: str) -> None:
    assert _refused(render, template).code is PrintCode.TEMPLATE_FORBIDDEN


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("{{ nmae }}", PrintCode.TEMPLATE_UNDEFINED),
        ("{{ person.nmae }}", PrintCode.TEMPLATE_UNDEFINED),
        ("{% if %}", PrintCode.TEMPLATE_SYNTAX),
        ('{% include "../page.html" %}', PrintCode.TEMPLATE_MISSING),
        ("{{ 1 / 0 }}", PrintCode.TEMPLATE_BROKEN),
        ("<p style='colour: red'>x", PrintCode.WARNED),
        ("<p>🐼", PrintCode.TOFU),
    ],
)
def test_a_faulty_template_prints_nothing(render: Render, template: str, code: PrintCode) -> None:
    assert _refused(render, template, person={"name": "王五"}).code is code


def test_a_page_too_many_is_noticed(print_settings: PrintSettings, template_folder: Path) -> None:
    (template_folder / "page.html").write_text("<p style='break-after: page'>一</p><p>二</p>", "utf-8")
    job = PrintJob(template="page.html", context={}, expected_pages=1)
    with pytest.raises(PrintFailed) as failed:
        draw(job, settings=replace(print_settings, template_dirs=(template_folder,)))
    (problem,) = failed.value.problems
    assert (problem.code, problem.facts) == (PrintCode.PAGE_COUNT, {"expected": 1, "found": 2})


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (object(), "value"),
        (1.5, "value"),
        (Changeable(name="x"), "value"),
        ({"rows": [{"name": Text("x")}]}, "value.rows[0].name"),
        (Frozen(name=Markup("<b>x</b>")), "value.name"),
        ({1: "x"}, "value.1"),
        ({"$date": "x"}, "value.$date"),
        (b"x", "value"),
        (Frozen, "value"),
    ],
)
def test_only_plain_values_reach_a_template(value: object, path: str) -> None:
    with pytest.raises(PrintFailed) as failed:
        plain(value)
    (problem,) = failed.value.problems
    assert (problem.code, problem.facts["path"]) == (PrintCode.VALUE_NOT_PLAIN, path)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(alphabet=st.characters())
    | st.dates()
    | st.decimals(allow_nan=False, allow_infinity=False),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
    ),
    max_leaves=10,
)


@given(value=VALUES)
def test_plain_values_arrive_as_they_left(value: object) -> None:
    assert loads(dumps(plain(value))) == value


def test_dataclasses_arrive_as_their_fields() -> None:
    value = Frozen(name="王五", amounts=(Decimal("1.50"),))
    assert loads(dumps(plain({"one": value, "day": date(2026, 11, 23)}))) == {
        "one": {"name": "王五", "amounts": [Decimal("1.50")]},
        "day": date(2026, 11, 23),
    }
