"""Plans that bring the database to a form's tables: they only add, and say so in words."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, inspect

from ffp_admin.keyring import Keyring
from ffp_admin.models import Built, plan_form
from ffp_admin.models.columns import paths_of
from ffp_admin.models.kinds import storage_of
from ffp_admin.spec.kinds import KINDS
from ffp_admin.spec.model import Field, Form
from tests.models.declared import DIALECTS, NO_KEYS, built, compiled, field, form


def test_a_plan_makes_what_is_missing_and_then_nothing_more(keyring: Keyring, database_url: str) -> None:
    rows = field("票据", "table", fields=(field("号码"),))
    first = compiled(form(field("姓名"), rows), keyring)
    second = compiled(
        form(field("姓名", searchable=True), rows, field("电话", "phone")), keyring, first.names
    )
    engine = create_engine(database_url)
    with engine.begin() as connection:
        for statement in plan_form(first, Built()).sql(engine.dialect):
            connection.exec_driver_sql(statement)
        plan = plan_form(second, built(first))
        assert [(step.action, step.name) for step in plan.steps] == [
            ("add_column", "xing_ming_py"),
            ("add_column", "xing_ming_pi"),
            ("add_column", "dian_hua"),
            ("add_column", "dian_hua_h"),
            ("create_index", "ix_clue_dian_hua_h"),
            ("create_index", "ix_clue_xing_ming"),
            ("create_index", "ix_clue_xing_ming_pi"),
            ("create_index", "ix_clue_xing_ming_py"),
        ]
        for statement in plan.sql(engine.dialect):
            connection.exec_driver_sql(statement)
        for table in second.tables():
            there = {one["name"] for one in inspect(connection).get_columns(table.name)}
            assert there == set(table.columns.keys())
    assert plan_form(second, built(second)).steps == ()
    engine.dispose()


_KINDS = st.sampled_from([kind for kind in KINDS if kind not in ("table", "computed", "note")])
_FORMS = st.dictionaries(st.sampled_from("abcdefgh"), _KINDS, min_size=1).map(
    lambda kinds: form(*(field(key, kind, codes="c") for key, kind in kinds.items()))
)


@given(before=_FORMS, after=_FORMS)
def test_a_plan_never_drops_or_alters_anything(before: Form, after: Form) -> None:
    old = compiled(before, NO_KEYS)
    plan = plan_form(compiled(after, NO_KEYS, old.names), built(old))
    for dialect in DIALECTS:
        for statement in plan.sql(dialect):
            assert re.match(r"CREATE TABLE r_|CREATE INDEX ix_|ALTER TABLE r_clue ADD COLUMN ", statement), (
                statement
            )
            assert not re.search(r"\b(DROP|RENAME|TYPE|DELETE|UPDATE|NOT NULL)\b", statement.split("(")[0]), (
                statement
            )
    changed = [
        one.key
        for one in after.fields()
        if (was := _find(before, one.key)) and storage_of(was).group != storage_of(one).group  # type: ignore[union-attr]
    ]
    assert sorted(refusal.path for refusal in plan.refusals) == sorted(changed)
    assert not (plan.refusals and plan.steps)
    assert set(plan.hidden) == {path for path, _field in paths_of(before)} - {
        path for path, _field in paths_of(after)
    }


def _find(declared: Form, key: str) -> Field | None:
    return next((one for one in declared.fields() if one.key == key), None)


def test_a_plan_can_be_read_by_people_and_programs(keyring: Keyring) -> None:
    old = compiled(form(field("旧"), field("留")), keyring)
    plan = plan_form(compiled(form(field("留"), field("新")), keyring, old.names), built(old))
    assert plan.text() == "在表 r_clue 中增加列 xin\n字段“旧”不再显示，已有数据保留。"
    assert plan.as_json() == {
        "form": "clue",
        "steps": [{"action": "add_column", "table": "r_clue", "name": "xin"}],
        "hidden": ["旧"],
    }


def test_a_table_cannot_become_a_field(keyring: Keyring) -> None:
    old = compiled(form(field("票据", "table", fields=(field("号码"),))), keyring)
    plan = plan_form(compiled(form(field("票据")), keyring, old.names), built(old))
    assert [refusal.path for refusal in plan.refusals] == ["票据"]
    assert "明细表" in plan.refusals[0].message
