"""The real village workbook: the answer key, all-or-nothing, twice the same, new groups, who may (issue 2, item 6)."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable
from typing import Any

import openpyxl
import pytest
from sqlalchemy import func, select

from ffp_admin import store as stores
from ffp_admin.exchange import CellFinding, Importer, ImportRefused, Weight
from ffp_admin.i18n import speaking
from ffp_admin.store import SYSTEM, Actor, Query, Store, static
from tests.exchange.conftest import ROSTER, VILLAGE

PROFILE = "household_roster"
LEVELS = {"error": Weight.ERROR, "warning": Weight.DOUBT, "normalised": Weight.MENDED}
KEY = json.loads(ROSTER.with_name("农户花名册-柳树村.answers.json").read_text(encoding="utf-8"))


def stage(store: Store, content: bytes | None = None, actor: Actor = SYSTEM, region: str = VILLAGE) -> Any:
    return Importer(store).stage(PROFILE, content or ROSTER.read_bytes(), "花名册.xlsx", region, 2025, actor)


def places(findings: Iterable[CellFinding], weight: Weight) -> set[tuple[int, str, str]]:
    return {(one.row, one.column, one.code) for one in findings if one.weight is weight}


def counted(store: Store, form: str) -> int:
    with store.reading() as session:
        main = store.tables(form).main
        statement = select(func.count()).where(main.c.status == "current")
        if "village_code" in main.c and form != "region":
            statement = statement.where(main.c.village_code == VILLAGE)
        return int(session.execute(statement).scalar_one())


def edited(changes: dict[str, Any]) -> bytes:
    """The workbook with some cells changed, as a cadre would mend it."""
    book = openpyxl.load_workbook(ROSTER)
    sheet = book["柳树村"]
    for place, value in changes.items():
        sheet[place].value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_answer_key_is_met_exactly(county: Store) -> None:
    staged = stage(county)
    assert (staged.households, staged.people) == (KEY["households"], KEY["people"])
    for level in ("error", "warning"):
        wanted = {(c["row"], c["column"], c["code"]) for c in KEY["cells"] if c["level"] == level}
        assert places(staged.findings, LEVELS[level]) == wanted
    wanted = {(c["row"], c["column"], c["code"]) for c in KEY["cells"] if c["level"] == "normalised"}
    mended = places(staged.findings, Weight.MENDED)
    assert wanted <= mended
    # the two heads with a wrong dot stand in the column 户主姓名 as well: the same name, mended the same way
    assert mended - wanted == {(368, "C", "name_dot"), (826, "C", "name_dot")}


def test_values_that_were_mended_are_those_of_the_key(county: Store) -> None:
    staged = stage(county)
    found = {(one.row, one.column): one.suggestion for one in staged.findings if one.weight is Weight.MENDED}
    for cell in KEY["cells"]:
        if cell["level"] == "normalised":
            assert found[cell["row"], cell["column"]] == cell["expected"], cell


def test_all_or_nothing_writes_nothing_while_a_household_is_wrong(county: Store) -> None:
    staged = stage(county)
    with pytest.raises(ImportRefused):
        Importer(county).commit(staged.id, "all", SYSTEM, new_groups_confirmed=True)
    assert {form: counted(county, form) for form in ("household", "person", "member", "finance")} == {
        "household": 0,
        "person": 0,
        "member": 0,
        "finance": 0,
    }
    assert counted(county, "region") == _regions_before()


def _regions_before() -> int:
    # county, 2 towns, 4 villages, 14 groups of demo_county.yaml
    return 1 + 2 + 4 + 14


def test_good_households_only_then_the_mended_rest(county: Store) -> None:
    importer = Importer(county)
    staged = stage(county)
    faulty = len({_block(one.row) for one in staged.findings if one.weight is Weight.ERROR})
    done = importer.commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    assert done.counts["skipped"] == faulty
    assert counted(county, "household") == 300 - faulty
    assert counted(county, "finance") == 300 - faulty

    mended = edited({"U626": "13662794480", "L463": "长期慢性病", "I461": "户主", "I1028": "配偶"})
    again = stage(county, mended)
    assert again.new_groups == ()
    done = importer.commit(again.id, "good", SYSTEM)
    assert done.counts["added"] == sum(2 + 2 * _size(row) for row in (626, 463, 461, 1028))
    assert done.counts["changed"] == 0
    assert counted(county, "household") == 300 - faulty + 4


def _rows() -> list[tuple[int, int]]:
    sheet = openpyxl.load_workbook(ROSTER)["柳树村"]
    starts = [row for row in range(5, 1058) if isinstance(sheet.cell(row, 1).value, int)]
    lines = {row for row in range(5, 1058) if sheet.cell(row, 6).value}
    ends = [*starts[1:], 1058]
    return [(a, len([x for x in lines if a <= x < b])) for a, b in zip(starts, ends, strict=True)]


ROWS = _rows()


def _block(row: int) -> int:
    return max(first for first, _size in ROWS if first <= row)


def _size(row: int) -> int:
    return dict(ROWS)[_block(row)]


def test_the_same_file_twice_changes_nothing(county: Store) -> None:
    importer = Importer(county)
    importer.commit(stage(county).id, "good", SYSTEM, new_groups_confirmed=True)
    with county.reading() as session:
        before = session.execute(select(func.count()).select_from(static.history)).scalar_one()
    done = importer.commit(stage(county).id, "good", SYSTEM)
    assert (done.counts["added"], done.counts["changed"]) == (0, 0)
    with county.reading() as session:
        assert session.execute(select(func.count()).select_from(static.history)).scalar_one() == before


def test_a_changed_income_changes_one_record_of_the_known_household(county: Store) -> None:
    importer = Importer(county)
    importer.commit(stage(county).id, "good", SYSTEM, new_groups_confirmed=True)
    done = importer.commit(stage(county, edited({"P5": 18000})).id, "good", SYSTEM)
    assert (done.counts["added"], done.counts["changed"]) == (0, 1)


def test_unknown_group_is_offered_once_and_then_numbered_on(county: Store) -> None:
    staged = stage(county)
    assert staged.new_groups == ("下河组",)
    with pytest.raises(ImportRefused, match="下河组"):
        Importer(county).commit(staged.id, "good", SYSTEM)
    Importer(county).commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    with county.reading() as session:
        assert stores.region_names(session, county.edition(), [f"{VILLAGE}005"]) == {
            f"{VILLAGE}005": ("青山县", "石桥镇", "柳树村", "下河组")
        }


def test_an_upload_is_taken_once_and_then_its_content_is_gone(county: Store) -> None:
    importer = Importer(county)
    staged = stage(county)
    importer.commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    with pytest.raises(ImportRefused):
        importer.commit(staged.id, "good", SYSTEM, new_groups_confirmed=True)
    with county.reading() as session:
        assert session.execute(select(static.import_batch.c.content)).scalar_one() is None


def test_a_staged_workbook_lies_sealed(county: Store) -> None:
    stage(county)
    with county.reading() as session:
        content = session.execute(select(static.import_batch.c.content)).scalar_one()
    assert "PK" not in content[:8]
    assert county.keyring.open_bytes(content, "import_batch.content") == ROSTER.read_bytes()


def clerk(region: str, *verbs: str) -> Actor:
    forms = ("household", "person", "member", "finance", "region")
    return Actor(
        user_id=7,
        name="王丽娟",
        grants=frozenset((form, verb) for form in forms for verb in verbs),
        regions=(region,),
    )


@pytest.mark.parametrize(
    ("region", "verbs", "told"),
    [
        ("529901101202", ("view", "fill", "edit", "import"), "辖区"),
        (VILLAGE, ("view", "fill", "edit"), "导入"),
    ],
)
def test_only_with_the_right_and_in_the_own_village(
    county: Store, region: str, verbs: tuple[str, ...], told: str
) -> None:
    with speaking("zh"), pytest.raises(ImportRefused, match=told):
        stage(county, actor=clerk(region, *verbs))


def test_another_persons_upload_cannot_be_taken(county: Store) -> None:
    mine = stage(county, actor=clerk(VILLAGE, "view", "fill", "edit", "import"))
    with pytest.raises(ImportRefused):
        Importer(county).commit(mine.id, "good", SYSTEM, new_groups_confirmed=True)
    with pytest.raises(ImportRefused):
        Importer(county).checked(mine.id, SYSTEM)


def test_checked_workbook_has_a_reason_in_every_faulty_row(county: Store) -> None:
    staged = stage(county)
    with speaking("zh"):
        content = Importer(county).checked(staged.id, SYSTEM)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["柳树村"]
    column = next(cell.column for cell in sheet[3] if cell.value == "原因")
    faulty = {one.row for one in staged.findings if one.weight is not Weight.MENDED}
    reasons = {row: sheet.cell(row, column).value for row in range(5, 1058)}
    assert {row for row, reason in reasons.items() if reason} == faulty
    assert sheet["H187"].fill.start_color.rgb == "FFFF9999"
    assert "校验" in reasons[187]
    assert sheet["D1058"].value == "=SUM(D5:D1057)"


def test_columns_the_sheet_lacks_are_not_errors(county: Store) -> None:
    book = openpyxl.load_workbook(ROSTER)
    sheet = book["柳树村"]
    sheet["J4"].value = "别的"
    out = io.BytesIO()
    book.save(out)
    staged = stage(county, out.getvalue())
    before = Counter(one.code for one in stage(county).findings if one.weight is Weight.ERROR)
    assert Counter(one.code for one in staged.findings if one.weight is Weight.ERROR) == before
    assert not any(one.column == "J" for one in staged.findings)


def test_a_sheet_without_id_numbers_is_refused_by_name(county: Store) -> None:
    book = openpyxl.load_workbook(ROSTER)
    book["柳树村"]["H4"].value = "编码"
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(ImportRefused, match="身份证号码"):
        stage(county, out.getvalue())


def test_import_follows_history_and_audit(county: Store) -> None:
    Importer(county).commit(stage(county).id, "good", SYSTEM, new_groups_confirmed=True)
    with county.reading() as session:
        [first] = stores.page(session, county, "household", SYSTEM, Query(size=1)).records
        changes = stores.history(session, county, "household", first.id, SYSTEM)
        assert changes
        assert {change.source for change in changes} == {"import"}
        actions = [line.action for line in stores.read_audit(session)]
    assert "batch" in actions


def test_a_village_names_its_own_groups_while_importing_but_nowhere_else(county: Store) -> None:
    actor = clerk(VILLAGE, "view", "fill", "edit", "import")
    actor = Actor(
        user_id=actor.user_id,
        name=actor.name,
        grants=actor.grants - {("region", "fill"), ("region", "edit")},
        regions=actor.regions,
    )
    staged = stage(county, actor=actor)
    Importer(county).commit(staged.id, "good", actor, new_groups_confirmed=True)
    draft = stores.Draft("region", None, None, {"区划代码": "529901101202009", "名称": "新组", "级别": "6"})
    with county.writing() as session, pytest.raises(stores.NotAllowed):
        stores.save(session, county, draft, actor)
