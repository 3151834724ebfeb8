"""Keys of import profiles: workbooks in."""

from __future__ import annotations

from ffp_admin.i18n import N_
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys.sizes import LABEL_LENGTH
from ffp_admin.spec.words import COMPARE, PER, TRUTH

IMPORT_PROFILE = Record(
    name="import_profile",
    title=N_("Import profile"),
    help=N_("How one kind of workbook fills registers."),
    keys=(
        Key(
            name="import_profile",
            chinese="导入方案",
            slot=Slot.KEY,
            needed=True,
            example="household_roster",
            help=N_("Key of the import profile."),
        ),
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="农户花名册",
            help=N_("What people see."),
        ),
        Key(
            name="register",
            chinese="信息库",
            slot=Slot.NAME,
            needed=True,
            example="household",
            help=N_("The register named when importing."),
        ),
        Key(
            name="block_by",
            chinese="成块",
            slot=Slot.NAMES,
            example="[序号, 户主姓名]",
            help=N_("Columns whose merged cell or new value begins a new household."),
        ),
        Key(
            name="period",
            chinese="所属期",
            slot=Slot.NAME,
            example="finance.年度",
            help=N_("Register and field that take the year given with the workbook."),
        ),
        Key(
            name="sum_words",
            chinese="小计词",
            slot=Slot.TEXTS,
            example="[小计, 合计]",
            help=N_("First words of rows that are sums and are left out."),
        ),
        Key(
            name="closing_words",
            chinese="落款词",
            slot=Slot.TEXTS,
            example="[填表人, 审核人]",
            help=N_("First words of the closing lines under the table."),
        ),
        Key(
            name="note_words",
            chinese="说明词",
            slot=Slot.TEXTS,
            example="[填表说明, 备注]",
            help=N_("First words of lines with notes."),
        ),
        Key(
            name="columns",
            chinese="列",
            slot=Slot.NAMED,
            record="import_column",
            needed=True,
            help=N_("The columns of the workbook; the mapping key is the column's name."),
        ),
    ),
)

IMPORT_COLUMN = Record(
    name="import_column",
    title=N_("Column of an import profile"),
    help=N_("A column of the workbook and where it goes."),
    keys=(
        Key(
            name="headings",
            chinese="标题",
            slot=Slot.TEXTS,
            example="[户主姓名, 户主]",
            help=N_("Headings the column is known by. Left out: the mapping key."),
        ),
        Key(
            name="target",
            chinese="写入",
            slot=Slot.NAME,
            example="household.户主姓名",
            help=N_("Register and field the column fills. A column that is only compared has none."),
        ),
        Key(
            name="per",
            chinese="每",
            slot=Slot.WORD,
            words=PER,
            example="户",
            help=N_("block: one value for the household's lines; line: one on each line (the default)."),
        ),
        Key(
            name="required",
            chinese="必填",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("A row without this value is refused."),
        ),
        Key(
            name="compare",
            chinese="比对",
            slot=Slot.WORD,
            words=COMPARE,
            example="人数",
            help=N_("Compared with what the rows say: lines of the household, gender, relation to the head."),
        ),
    ),
)
