"""From a declared form to tables: names that stay, columns that stand beside, plans that only add."""

from __future__ import annotations

import gc
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from ffp_admin.keyring import Keyring
from ffp_admin.models import assign_columns
from ffp_admin.models.columns import COMMON_COLUMNS, LONGEST, RESERVED
from ffp_admin.models.compile import LONGEST_NAME
from ffp_admin.models.kinds import STORAGES, storage_of
from ffp_admin.spec.kinds import KINDS, RESULTS
from tests.models.declared import compiled, field, form

# ---- names


@pytest.mark.parametrize(
    ("key", "column"),
    [
        ("金额", "jin_e"),
        ("Amount", "amount"),
        ("身份证号A1", "shen_fen_zheng_hao_a1"),
        ("order", "order_2"),
        ("status", "status_2"),
        ("metadata", "metadata_2"),
        ("𠮷", "u20bb7"),
        ("一二三四五六七八九十一二三四五六七八九十", "yi_er_san_si_wu_liu_qi_ba_ji"),
    ],
)
def test_a_column_is_named_after_its_field(key: str, column: str) -> None:
    assert assign_columns(form(field(key)), {}) == {key: column}


def test_an_asked_for_column_goes_first_whatever_the_order() -> None:
    declared = form(field("金额"), field("钱", column="jin_e"))
    assert assign_columns(declared, {}) == {"钱": "jin_e", "金额": "jin_e_2"}


def test_recorded_columns_never_change_and_are_never_given_twice() -> None:
    taken = {"旧": "jin_e", "名": "old_name"}
    declared = form(field("金额"), field("名", column="new_name"))
    assert assign_columns(declared, taken) == {"旧": "jin_e", "名": "old_name", "金额": "jin_e_2"}


def test_no_column_takes_the_name_of_one_that_stands_beside_another() -> None:
    declared = form(field("card", "id_number"), field("card_birth", "date"), field("card_py"))
    assert assign_columns(declared, {}) == {
        "card": "card",
        "card_birth": "card_birth_2",
        "card_py": "card_py_2",
    }


def test_rows_have_names_of_their_own() -> None:
    inner = (field("名称"), field("parent_id"))
    declared = form(field("名称"), field("票据", "table", fields=inner), field("说明", "note"))
    assert assign_columns(declared, {}) == {
        "名称": "ming_cheng",
        "票据": "piao_ju",
        "票据.名称": "ming_cheng",
        "票据.parent_id": "parent_id_2",
    }


KEYS = st.text("金额票据姓名abAB_12order状态单位", min_size=1, max_size=20).filter(
    lambda key: not key[0].isdigit()
)


@given(st.lists(st.lists(KEYS, min_size=1, max_size=8, unique=True), min_size=1, max_size=4))
def test_through_all_versions_names_are_legal_distinct_and_stable(versions: list[list[str]]) -> None:
    recorded: dict[str, str] = {}
    for keys in versions:
        assigned = assign_columns(form(*(field(key, "id_number") for key in keys)), recorded)
        assert {key: assigned[key] for key in recorded} == recorded
        assert set(keys) <= set(assigned)
        assert len(set(assigned.values())) == len(assigned)
        for name in assigned.values():
            assert re.fullmatch(r"[a-z][a-z0-9_]*", name)
            assert len(name) <= LONGEST + 3
            assert name not in RESERVED | set(COMMON_COLUMNS)
        recorded = assigned


# ---- tables


def test_every_kind_has_its_place() -> None:
    assert set(STORAGES) == set(KINDS)
    for name in RESULTS:
        assert storage_of(field("x", "computed", result=name)) == STORAGES[name]


def test_sealed_values_have_hash_and_facts_beside_them(keyring: Keyring) -> None:
    declared = form(
        field("证件号码", "id_number", column="id_number"),
        field("残疾证号", "disability_card", column="card"),
        field("电话", "phone", column="phone"),
        field("姓名", searchable=True, column="name"),
        field("疾病", sensitive=True, column="illness"),
        field("别名", sensitive=True, searchable=True, column="alias"),
    )
    names = set(compiled(declared, keyring).main.columns.keys()) - set(COMMON_COLUMNS)
    assert names == {
        *("id_number", "id_number_h", "id_number_birth", "id_number_sex"),
        *("card", "card_h", "card_class", "card_level"),
        *("phone", "phone_h"),
        *("name", "name_py", "name_pi"),
        *("illness", "illness_h"),
        *("alias", "alias_py", "alias_pi"),
    }


def test_indexes_answer_paging_finding_filtering_and_references(keyring: Keyring) -> None:
    declared = form(
        field("区划", "region", column="region_code"),
        field("户", "household", column="household_id"),
        field("姓名", searchable=True, column="name"),
        field("电话", "phone", column="phone"),
        field("类型", "choice", codes="t", column="type"),
        field("金额", "money", column="amount"),
        field("多选", "multi_choice", codes="t", column="several"),
        field("其他", column="other"),
        scope="区划",
        filters=("类型", "多选", "户", "电话"),
        order="-金额",
    )
    indexed = {tuple(index.columns.keys()) for index in compiled(declared, keyring).main.indexes}
    counted = ("status", "county_code", "town_code", "village_code", "id")
    assert indexed == {
        ("village_code", "id"),
        ("town_code", "id"),
        ("county_code", "id"),
        ("region_code", "id"),
        ("household_id", "id"),
        ("name", *counted),
        ("name_py",),
        ("name_pi",),
        ("phone_h",),
        ("type", "id"),
        ("amount", "id"),
    }


def test_names_in_the_database_are_short_enough_and_forms_do_not_meet(keyring: Keyring) -> None:
    long_key = "一二三四五六七八九十一二三四五六七八九十"
    inner = (field(long_key, "id_number"), field("另" + long_key[1:], "household"))
    declared = form(field(long_key, "table", fields=inner), key="a" * 30)
    for table in compiled(declared, keyring).tables():
        for name in (table.name, *table.columns.keys(), *(str(index.name) for index in table.indexes)):
            assert len(name) <= LONGEST_NAME + 3
    with_rows = compiled(form(field("b", "table", fields=(field("c"),)), key="a"), keyring)
    assert with_rows.rows["b"].name != compiled(form(field("c"), key="a_b"), keyring).main.name


def test_the_mapped_class_reads_and_writes(keyring: Keyring, tmp_path: Path) -> None:
    tables = compiled(form(field("电话", "phone", column="phone"), field("name")), keyring)
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")
    tables.main.metadata.create_all(engine)
    common = {
        "status": "current",
        "version": 1,
        "row_version": 1,
        "source": "t",
        "created_name": "x",
        "updated_name": "x",
    }
    with Session(engine) as session:
        moment = datetime(2026, 1, 1, tzinfo=UTC)
        session.add(
            tables.entity(phone="13800000000", name="甲", created_at=moment, updated_at=moment, **common)
        )
        session.commit()
        one = session.execute(select(tables.entity)).scalar_one()
        assert (one.id, one.phone, one.name) == (1, "13800000000", "甲")
    engine.dispose()


def test_compiling_again_and_again_takes_no_memory(keyring: Keyring, tmp_path: Path) -> None:
    """Old versions of a form must be collected: nothing outside may hold their tables or classes."""
    kinds = [name for name in KINDS if name not in ("table", "computed", "note")]
    fields = [field(f"f{i}_{kind}", kind, codes="c", searchable=True) for i, kind in enumerate(kinds)]
    declared = form(*fields, field("rows", "table", fields=tuple(fields[:5])))
    engine = create_engine(f"sqlite:///{tmp_path / 'x.db'}")

    compiled(declared, keyring).main.create(engine)

    def use() -> None:
        tables = compiled(replace(declared), keyring)
        with engine.connect() as connection, Session(connection) as session:
            some = select(tables.main).where(
                tables.column("f9_choice") == "1", tables.column("f8_boolean").is_(True)
            )
            connection.execute(some)
            session.execute(select(tables.entity)).all()
        engine.clear_compiled_cache()

    def objects() -> int:
        gc.collect()
        return len(gc.get_objects())

    for _time in range(5):
        use()
    before = objects()
    for _time in range(100):
        use()
    assert objects() - before < 1_000  # one compiled form has several thousand
    engine.dispose()
