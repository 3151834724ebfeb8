"""An upload is read once: what was found is kept sealed, and holds until what it rests on changes."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import event, select, update

from ffp_admin import store as stores
from ffp_admin.calendar import FixedClock
from ffp_admin.commands.folders import declaration_files
from ffp_admin.config import HOUSE
from ffp_admin.exchange import Importer, ImportRefused
from ffp_admin.exchange.kept import Kept, keep
from ffp_admin.exchange.linking import Linker, Piece
from ffp_admin.exchange.reading import read_sheetful
from ffp_admin.exchange.writing import Rows
from ffp_admin.i18n import speaking
from ffp_admin.store import SYSTEM, Draft, Query, Store, static
from tests.exchange.conftest import CLOCK, ROSTER, VILLAGE
from tests.exchange.test_import import PROFILE, clerk, counted, stage

HOUSEHOLD = "form_specs/registers/household.yaml"
OTHER_VILLAGE = "529901101202"
batch = static.import_batch


def kept_of(store: Store, period: int = 2025) -> Kept:
    with store.reading() as session:
        profile = store.catalog().imports[PROFILE]
        return keep(read_sheetful(session, store, profile, ROSTER.read_bytes(), VILLAGE, period), "stamp")


def lose_content(store: Store) -> None:
    """From now on the workbook itself cannot be read."""
    sealed = store.keyring.seal(b"no workbook", "import_batch.content")
    with store.writing() as session:
        session.execute(update(batch).values(content=sealed))


def test_what_was_kept_is_what_was_read(county: Store) -> None:
    with county.reading() as session:
        profile = county.catalog().imports[PROFILE]
        full = read_sheetful(session, county, profile, ROSTER.read_bytes(), VILLAGE, 2025)
        read = [(home, pieces) for home, pieces in full.households]
    kept = kept_of(county)
    assert Kept.opened(kept.packed(), "another stamp") is None
    again = Kept.opened(kept.packed(), "stamp")
    assert again is not None
    assert again == kept
    good = [pieces for home, pieces in read if not home.is_faulty]
    assert [_facts(pieces) for pieces in again.households(county.catalog().forms)] == [
        _facts(pieces) for pieces in good
    ]
    assert again.head.faulty == len(read) - len(good) > 0


def _facts(pieces: list[Piece]) -> list[tuple[Any, ...]]:
    return [(one.form, one.key, one.row, one.values) for one in pieces]


def test_the_upload_is_not_read_again_while_nothing_changed(county: Store) -> None:
    staged = stage(county)
    lose_content(county)
    again = Importer(county).staged(staged.id, SYSTEM)
    assert again == staged
    faulty = staged.households - staged.counts["ready"]
    # the new group makes it necessary to read again: the workbook is told by its content to be none
    with pytest.raises(ImportRefused):
        Importer(county).commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    assert counted(county, "household") == 0
    _add_group(county)
    known = stage(county)
    lose_content(county)
    done = Importer(county).commit(known.id, "good", SYSTEM)
    assert done.counts["skipped"] == faulty
    assert counted(county, "household") == staged.counts["ready"]


def _add_group(store: Store) -> None:
    values = {"区划代码": f"{VILLAGE}005", "名称": "下河组", "级别": "6", "上级代码": VILLAGE}
    keys = store.edition().form("region")
    named = {key: value for key, value in values.items() if any(one.key == key for one in keys.fields())}
    with store.writing() as session:
        stores.save(session, store, Draft("region", None, None, {**named, **_parent(store)}), SYSTEM)


def _parent(store: Store) -> dict[str, str]:
    names = store.tables("region").names
    return {path: VILLAGE for path, name in names.items() if name == "parent_code"}


def test_an_upload_of_which_nothing_was_kept_is_read(county: Store) -> None:
    staged = stage(county)
    with county.writing() as session:
        session.execute(update(batch).values(result=None))
    assert Importer(county).staged(staged.id, SYSTEM) == staged


def test_a_group_that_was_registered_meanwhile_is_known(county: Store) -> None:
    staged = stage(county)
    assert staged.new_groups == ("下河组",)
    _add_group(county)
    again = Importer(county).staged(staged.id, SYSTEM)
    assert again is not None
    assert again.new_groups == ()
    Importer(county).commit(staged.id, "good", SYSTEM)
    with county.reading() as session:
        page = stores.page(session, county, "household", SYSTEM, Query(size=100))
    assert f"{VILLAGE}005" in {one.codes["group_code"] for one in page.records}


def test_a_new_release_judges_the_upload_anew(county: Store) -> None:
    staged = stage(county)
    files = dict(declaration_files(HOUSE / "form_specs"))
    text = files[HOUSEHOLD].decode()
    line = "户主姓名: {类型: 文本, 必填: 是, 长度: 60"
    assert line in text
    stores.publish(county, {**files, HOUSEHOLD: text.replace(line, f"{line[:-2]}2").encode()}, SYSTEM)
    again = Importer(county).staged(staged.id, SYSTEM)
    assert again is not None
    assert again.counts["ready"] < staged.counts["ready"]
    done = Importer(county).commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    assert done.counts["skipped"] == staged.households - again.counts["ready"]


@pytest.mark.parametrize("change", ["day", "language"])
def test_another_day_or_language_reads_the_upload_again(county: Store, change: str) -> None:
    """Ages count from today; sentences are in the reader's language."""
    with speaking("zh"):
        staged = stage(county)
    lose_content(county)
    late = FixedClock(datetime(2026, 3, 7, 2, 0, tzinfo=UTC))
    store = Store(county.engine.url.render_as_string(hide_password=False), county.keyring, CLOCK)
    store.clock = late if change == "day" else CLOCK
    with speaking("en" if change == "language" else "zh"), pytest.raises(ImportRefused):
        Importer(store).staged(staged.id, SYSTEM)
    store.dispose()


def test_records_that_came_meanwhile_stop_the_whole_import(county: Store) -> None:
    """Somebody else registered one of the people elsewhere, after the upload was checked."""
    actor = clerk(VILLAGE, "view", "fill", "edit", "import")
    _add_group(county)
    staged = stage(county, actor=actor)
    [person, *_others] = [
        piece
        for pieces in kept_of(county).households(county.catalog().forms)
        for piece in pieces
        if piece.form == "person"
    ]
    with county.writing() as session:
        values = {**person.values, "区划": OTHER_VILLAGE}
        stores.save(session, county, Draft("person", None, None, values), SYSTEM)
    with pytest.raises(ImportRefused) as refused:
        Importer(county).commit(staged.id, "good", actor)
    assert str(person.row) in refused.value.messages[0]
    assert {form: counted(county, form) for form in ("household", "person", "member")} == {
        "household": 0,
        "person": 0,
        "member": 0,
    }


def test_what_was_kept_lies_sealed_and_goes_with_the_upload(county: Store) -> None:
    staged = stage(county)
    with county.reading() as session:
        result = session.execute(select(batch.c.result)).scalar_one()
    assert "5299011" not in result
    packed = county.keyring.open_bytes(result, "import_batch.result")
    assert len(packed) > 1_000
    Importer(county).discard(staged.id, SYSTEM)
    with county.reading() as session:
        assert session.execute(select(batch.c.content, batch.c.result)).one() == (None, None)


def test_households_written_in_small_parts_are_the_same(county: Store) -> None:
    _add_group(county)
    forms = county.catalog().forms
    linker = Linker(forms, county.catalog().imports[PROFILE])
    kept = kept_of(county)
    with county.writing() as session:
        rows = Rows(session, county, linker, SYSTEM, None)
        rows.write(kept.households(forms), together=7)
        assert rows.refusals == []
    good = list(kept.households(forms))
    assert rows.counts == {"added": sum(len(pieces) for pieces in good)}
    assert counted(county, "household") == len(good)
    with county.writing() as session:
        again = Rows(session, county, linker, SYSTEM, None)
        again.write(kept.households(forms), together=11)
    assert again.counts == {"unchanged": sum(len(pieces) for pieces in good)}


def test_one_person_in_two_parts_is_refused_and_not_moved(county: Store) -> None:
    """Who was added a moment ago by the same workbook is not somebody the register knew."""
    forms = county.catalog().forms
    first, second, *_rest = kept_of(county).households(forms)
    twice = next(one for one in first if one.form == "person").values["证件号码"]
    next(one for one in second if one.form == "person").values["证件号码"] = twice
    linker = Linker(forms, county.catalog().imports[PROFILE])
    with county.writing() as session:
        rows = Rows(session, county, linker, SYSTEM, None)
        rows.write([first, second], together=1)
        session.rollback()
    assert [one.field for one in rows.refusals if one.field == "证件号码"] == ["证件号码"]
    assert rows.counts["changed"] == 0


def test_more_households_do_not_take_more_statements(county: Store) -> None:
    """References of a whole part are read in sets, and so is where they lie."""
    forms = county.catalog().forms
    linker = Linker(forms, county.catalog().imports[PROFILE])
    good = list(kept_of(county).households(forms))
    counts = []
    for some in (good[:20], good[20:120]):
        sent: list[str] = []

        def note(_c: Any, _u: Any, statement: str, *_rest: Any, sent: list[str] = sent) -> None:
            sent.append(statement)

        event.listen(county.engine, "before_cursor_execute", note)
        with county.writing() as session:
            Rows(session, county, linker, SYSTEM, None).write(some)
        event.remove(county.engine, "before_cursor_execute", note)
        counts.append(len(sent))
    assert all(more <= fewer + 10 for fewer, more in pairwise(counts))
