"""Keys of documents: paper out."""

from __future__ import annotations

from ffp_admin.i18n import N_
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys.sizes import LABEL_LENGTH
from ffp_admin.spec.words import ALIGN, PAPER, PER, TITLE_PLACE, TOTAL, TRUTH

DOCUMENT = Record(
    name="document",
    title=N_("Document (roster)"),
    help=N_("A roster printed from a register."),
    keys=(
        Key(
            name="document",
            chinese="表册",
            slot=Slot.KEY,
            needed=True,
            example="household_roster",
            help=N_("Key of the document."),
        ),
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="农户花名册",
            help=N_("What people see in the print menu."),
        ),
        Key(
            name="form",
            chinese="信息库",
            slot=Slot.NAME,
            needed=True,
            example="member",
            help=N_("The register whose records are the lines."),
        ),
        Key(
            name="block_by",
            chinese="合并",
            slot=Slot.NAME,
            example="户",
            help=N_("Lines that point to the same record here share merged cells."),
        ),
        Key(
            name="title",
            chinese="标题",
            slot=Slot.TEXT,
            high=120,
            needed=True,
            words=TITLE_PLACE,
            example='"{县}{乡镇}{村}{年}年农户花名册"',
            help=N_("The title on every page, with places for region and date."),
        ),
        Key(
            name="subtitle",
            chinese="副题",
            slot=Slot.TEXTS,
            words=TITLE_PLACE,
            example='["填报单位（盖章）：", "单位：户、人"]',
            help=N_("Texts between title and table, spread from left to right."),
        ),
        Key(
            name="columns",
            chinese="列",
            slot=Slot.RECORDS,
            record="document_column",
            needed=True,
            help=N_("The columns from left to right."),
        ),
        Key(
            name="footer",
            chinese="落款",
            slot=Slot.TEXTS,
            example='["填表人（签字）：", "村（社区）负责人（签字）："]',
            help=N_("Signature texts under the table."),
        ),
        Key(
            name="footer_every_page",
            chinese="落款每页",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("Signature texts on every page (the default) or only on the last."),
        ),
        Key(
            name="paper",
            chinese="纸张",
            slot=Slot.WORD,
            words=PAPER,
            example="A4",
            help=N_("The size of the sheet; A4 when left out."),
        ),
        Key(
            name="landscape",
            chinese="横向",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("The long edge lies below (the default)."),
        ),
        Key(
            name="copies",
            chinese="份数",
            slot=Slot.TEXT,
            high=120,
            example="一式两份，村、乡镇各一份。",
            help=N_("How many copies there are and who keeps them."),
        ),
        Key(
            name="order",
            chinese="顺序",
            slot=Slot.NAMES,
            example="[户.区划, 户]",
            help=N_("What the lines are sorted by."),
        ),
        Key(
            name="page_totals",
            chinese="本页小计",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("A line with the totals of this page closes every page."),
        ),
    ),
)

DOCUMENT_COLUMN = Record(
    name="document_column",
    title=N_("Column of a document"),
    help=N_("A column on paper."),
    keys=(
        Key(
            name="path",
            chinese="路径",
            slot=Slot.NAME,
            example="户.户主姓名",
            help=N_("The field; a dot goes through a reference. A column to sign in has none."),
        ),
        Key(
            name="label",
            chinese="标签",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            example="户主",
            help=N_("The heading. Left out: the last word of the path."),
        ),
        Key(
            name="group",
            chinese="组",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            example="家庭成员",
            help=N_("A heading over neighbouring columns."),
        ),
        Key(
            name="width",
            chinese="宽",
            slot=Slot.COUNT,
            attribute="width_mm",
            low=4,
            high=400,
            example="18",
            help=N_("The width in millimetres."),
        ),
        Key(
            name="align",
            chinese="对齐",
            slot=Slot.WORD,
            words=ALIGN,
            example="中",
            help=N_("left (the default), center or right."),
        ),
        Key(
            name="per",
            chinese="每",
            slot=Slot.WORD,
            words=PER,
            example="户",
            help=N_("block: one merged cell over the household's lines; line: one cell on each line."),
        ),
        Key(
            name="signature",
            chinese="签字",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("An empty cell to sign in."),
        ),
        Key(
            name="total",
            chinese="合计",
            slot=Slot.WORD,
            words=TOTAL,
            example="求和",
            help=N_(
                "What stands in the line of totals under this column. sum: its numbers added up; capitals: the same, and once more in capital figures (money only); blocks: how many households; lines: how many lines."
            ),
        ),
    ),
)
