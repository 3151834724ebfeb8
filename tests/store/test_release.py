"""Publishing: additive, recorded, repeated without effect, seen by others at once, taken back; and the migrations."""

from __future__ import annotations

import gc
import time
import weakref
from dataclasses import replace
from decimal import Decimal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, inspect, select
from sqlalchemy.orm import Session

from ffp_admin.calendar import FixedClock
from ffp_admin.keyring import Keyring
from ffp_admin.problems import SpecProblems
from ffp_admin.spec.model import Catalog
from ffp_admin.spec.packaging import Package
from ffp_admin.store import (
    SYSTEM,
    NotAllowed,
    PublishRefused,
    ReleaseMoved,
    Store,
    changes_of,
    current_files,
    differs,
    load,
    migrate,
    preview,
    publish,
    publish_package,
    read_audit,
    read_releases,
    restore,
)
from ffp_admin.store.engine import make_engine
from ffp_admin.store.static import METADATA, form_plan, form_version, serial_counter
from tests.store.county import CLERK, FILES, HOUSEHOLD, NOON, household, put


def changed(old: str, new: str, name: str = "household", text: str = HOUSEHOLD) -> dict[str, bytes]:
    assert old in text
    return {**FILES, f"form_specs/{name}.yaml": text.replace(old, new).encode()}


MORE = changed("      搬迁:", "      备注: {类型: 文本, 可检索: 是, 列名: remark}\n      搬迁:")
LESS = changed("      人均收入: {类型: 金额, 列名: income}\n", "")
FEWER = {
    **LESS,
    "form_specs/household.yaml": LESS["form_specs/household.yaml"]
    .replace("      总收入: {类型: 计算, 公式: 人口数 * 人均收入, 结果: 金额, 列名: total}\n".encode(), b"")
    .replace("筛选: [户类型, 人均收入, 户主姓名]".encode(), "筛选: [户类型]".encode())
    .replace(
        "  - {须满足: 人均收入 为空 或 人均收入 < 100000, 不满足时告知: 人均收入偏高，请核对。, 级别: 疑点, 位置: 人均收入}\n".encode(),
        b"",
    ),
}


def test_the_same_files_again_change_nothing(store: Store) -> None:
    with store.reading() as session:
        before = read_audit(session)
    result = publish(store, FILES, SYSTEM)
    assert (result.release, result.plan) == (1, ())
    with store.reading() as session:
        assert read_audit(session) == before


def test_a_new_field_is_live_at_once_and_in_other_processes_soon(
    store: Store, county_url: str, keyring: Keyring
) -> None:
    other = Store(county_url, keyring, FixedClock(NOON))
    id_ = household(other)
    for _time in range(10):  # so often that the driver prepares the statement
        with other.reading() as session:
            assert load(session, other, "household", id_, SYSTEM) is not None
    assert other.release_number == 1
    result = publish(store, MORE, SYSTEM)
    assert result.release == 2
    assert len(result.plan) == 6  # the column, its pinyin and initials, an index each
    assert store.release_number == 2
    put(store, "household", CLERK, id_, 1, 备注="低保")
    time.sleep(0.25)
    with other.reading() as session:
        record = load(session, other, "household", id_, SYSTEM)
    assert record is not None
    assert (record.values["备注"], record.version, other.release_number) == ("低保", 2, 2)
    other.dispose()


def test_the_tables_of_an_older_release_are_forgotten(store: Store) -> None:
    household(store)
    older = weakref.ref(store.tables("household").main)
    publish(store, MORE, SYSTEM)
    household(store)
    gc.collect()
    assert older() is None


def test_plans_and_versions_are_recorded(store: Store) -> None:
    publish(store, MORE, SYSTEM)
    with store.reading() as session:
        plans = session.execute(select(form_plan).where(form_plan.c.release == 2)).all()
        versions = session.execute(
            select(form_version.c.form, form_version.c.version).where(form_version.c.release == 2)
        ).all()
        deed = read_audit(session, limit=1)[0]
    assert [(plan.form, "ADD COLUMN" in plan.sql) for plan in plans] == [("household", True)]
    assert [tuple(row) for row in versions] == [("household", 2)]
    assert (deed.action, deed.facts["release"]) == ("publish", 2)


def test_a_removed_field_is_hidden_and_comes_back_with_its_data(store: Store) -> None:
    id_ = household(store, 人均收入=Decimal("12.34"))
    result = publish(store, FEWER, SYSTEM)
    assert any("人均收入" in line for line in result.plan)
    with store.reading() as session:
        record = load(session, store, "household", id_, SYSTEM)
    assert record is not None
    assert "人均收入" not in record.values
    put(store, "household", CLERK, id_, 1, 户主姓名="新名")
    assert restore(store, 1, SYSTEM).release == 3
    with store.reading() as session:
        record = load(session, store, "household", id_, SYSTEM)
    assert record is not None
    assert (record.values["人均收入"], record.values["户主姓名"]) == (Decimal("12.34"), "新名")


def test_a_removed_form_keeps_its_table(store: Store) -> None:
    id_ = put(store, "notice", CLERK, 题目="开会").id
    publish(store, {name: text for name, text in FILES.items() if "notice" not in name}, SYSTEM)
    with pytest.raises(KeyError):
        store.tables("notice")
    publish(store, FILES, SYSTEM)
    with store.reading() as session:
        record = load(session, store, "notice", id_, SYSTEM)
    assert record is not None
    assert record.values["题目"] == "开会"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        (
            "人口数: {类型: 整数, 最小: 1, 最大: 30, 列名: people}",
            "人口数: {类型: 数量, 列名: people}",
            ("整数", "带小数的数"),
        ),
        ("起始年月: {类型: 年月, 列名: since}", "起始年月: {类型: 日期, 列名: since}", ("年月", "日期")),
        (
            "病情: {类型: 文本, 敏感: 是, 列名: illness}",
            "病情: {类型: 文本, 列名: illness}",
            ("加密文本", "文本"),
        ),
    ],
)
def test_a_kind_stored_otherwise_is_refused_in_words_and_nothing_changes(
    store: Store, old: str, new: str, words: tuple[str, str]
) -> None:
    with pytest.raises(PublishRefused) as caught:
        publish(store, changed(old, new), SYSTEM)
    [refusal] = caught.value.refusals
    assert refusal.place.file == "form_specs/household.yaml"
    assert all(word in refusal.message for word in words)
    assert store.refresh().release == 1


def test_kinds_of_one_family_may_replace_each_other(store: Store) -> None:
    id_ = household(store, 人均收入=Decimal("12.34"))
    publish(store, changed("人均收入: {类型: 金额,", "人均收入: {类型: 数量,"), SYSTEM)
    with store.reading() as session:
        record = load(session, store, "household", id_, SYSTEM)
    assert record is not None
    assert record.values["人均收入"] == Decimal("12.34")


def test_wrong_declarations_and_expressions_are_refused(store: Store) -> None:
    for files in (changed("类型: 年月", "类型: 年月日"), changed("人口数 * 人均收入", "人口数 * 人均收人")):
        with pytest.raises(SpecProblems):
            publish(store, files, SYSTEM)
    assert store.refresh().release == 1


def test_only_who_has_the_duty_publishes(store: Store) -> None:
    with pytest.raises(NotAllowed):
        publish(store, MORE, CLERK)
    assert publish(store, MORE, replace(CLERK, duties=frozenset({"publish"}))).release == 2


def test_what_is_in_force_can_be_read_back_and_compared(store: Store) -> None:
    assert current_files(store) == FILES
    assert not differs(store, FILES)
    assert differs(store, MORE)
    assert differs(store, {**FILES, "form_specs/empty.yaml": b""})


def test_a_preview_tells_the_plan_and_does_nothing(store: Store) -> None:
    steps = [step.name for plan in preview(store, Package(files=MORE)).plans for step in plan.steps]
    assert "remark" in steps
    assert store.refresh().release == 1
    with store.reading() as session:
        names = {one["name"] for one in inspect(session.connection()).get_columns("r_household")}
    assert "remark" not in names


def test_what_is_written_beside_a_release_stands_or_falls_with_it(store: Store) -> None:
    def broken(session: Session, _catalog: Catalog) -> None:
        session.execute(insert(serial_counter).values(form="x", field="y", prefix="z", value=1))
        raise RuntimeError("the rights could not be written")

    with pytest.raises(RuntimeError):
        publish(store, MORE, SYSTEM, beside=broken)
    with store.reading() as session:
        assert session.execute(select(serial_counter.c.value).where(serial_counter.c.form == "x")).all() == []
    assert store.refresh().release == 1


def test_a_package_checked_against_an_older_release_is_not_put_in_force(store: Store) -> None:
    package = Package(files={"form_specs/household.yaml": MORE["form_specs/household.yaml"]})
    publish(
        store,
        {**FILES, "form_specs/empty.yaml": FILES["form_specs/notice.yaml"].replace(b"notice", b"memo", 1)},
        SYSTEM,
    )
    with pytest.raises(ReleaseMoved) as caught:
        publish_package(store, package, SYSTEM, base=1)
    assert caught.value.number == 2
    assert publish_package(store, package, SYSTEM, base=2).release == 3
    assert (
        publish_package(store, package, SYSTEM, base=2).release == 3
    )  # the same again, after its worker died


def test_the_history_tells_each_release_in_words(store: Store) -> None:
    publish(store, MORE, SYSTEM, note="加备注")
    publish(store, FEWER, SYSTEM)
    with store.reading() as session:
        lines = read_releases(session, 10)
        assert [(one.number, one.note) for one in read_releases(session, 1, before=3)] == [(2, "加备注")]
    assert [one.number for one in lines] == [3, 2, 1]
    [change] = changes_of(store, 2)
    assert any("增加字段" in line for line in change.lines)
    assert any("人均收入" in one for one in changes_of(store, 3)[0].hidden)
    with pytest.raises(KeyError):
        changes_of(store, 9)


def test_before_the_first_release_there_is_nothing(database_url: str, keyring: Keyring) -> None:
    migrate(database_url)
    store = Store(database_url, keyring)
    assert (store.release_number, dict(store.catalog().forms), current_files(store)) == (0, {}, {})
    store.dispose()


def test_the_migrations_lead_to_the_tables_as_the_program_knows_them(database_url: str) -> None:
    migrate(database_url)
    migrate(database_url)
    engine = make_engine(database_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "version_table": "platform_version"}
        )
        assert compare_metadata(context, METADATA) == []
    engine.dispose()
