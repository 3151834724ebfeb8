"""Keys of a register: the form, its sections, list view and checks."""

from __future__ import annotations

from ffp_admin.i18n import N_
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys.sizes import LABEL_LENGTH, TEXT_LENGTH
from ffp_admin.spec.words import LEVEL

REGISTER = Record(
    name="register",
    title=N_("Register (form)"),
    help=N_("A shared form: one table, one set of screens, one right of seven verbs."),
    keys=(
        Key(
            name="register",
            chinese="信息库",
            slot=Slot.KEY,
            needed=True,
            example="household",
            help=N_("Key of the register; it never changes, other declarations refer to it."),
        ),
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="农户",
            help=N_("What people see in menus and headings."),
        ),
        Key(
            name="help",
            chinese="说明",
            slot=Slot.TEXT,
            high=TEXT_LENGTH,
            example="全县农户，一户一条。",
            help=N_("A sentence above the form."),
        ),
        Key(
            name="scope",
            chinese="归属",
            slot=Slot.NAME,
            example="区划",
            help=N_(
                "The field that says whose record it is: region, household, person, member or unit. "
                "It decides who sees the record. Left out: the record belongs to the county."
            ),
        ),
        Key(
            name="handled_by",
            chinese="承办",
            slot=Slot.NAME,
            example="承办单位",
            help=N_(
                "The field that names the unit dealing with the record. Accounts of that unit see the record and "
                "the household it belongs to, wherever they lie."
            ),
        ),
        Key(
            name="household_by",
            chinese="随户",
            slot=Slot.NAME,
            example="member.人员",
            help=N_(
                "Register and field that lead here and say to which household a record belongs: whoever is "
                "assigned the household sees it too."
            ),
        ),
        Key(
            name="display",
            chinese="显示",
            slot=Slot.NAMES,
            example="[户主姓名, 区划]",
            help=N_("Fields that make the caption of a record where it is picked or mentioned."),
        ),
        Key(
            name="sections",
            chinese="填报内容",
            slot=Slot.NAMED,
            record="section",
            needed=True,
            help=N_("The sections of the form, in the order of screen and paper."),
        ),
        Key(
            name="list",
            chinese="列表",
            slot=Slot.RECORD,
            record="list",
            help=N_("How the list of records looks. Left out: the fields of the caption."),
        ),
        Key(
            name="checks",
            chinese="填报校验",
            slot=Slot.RECORDS,
            record="check",
            help=N_("Conditions every record must meet when it is saved."),
        ),
        Key(
            name="unique",
            chinese="不得重复",
            slot=Slot.GROUPS,
            example="[[户, 年度]]",
            help=N_("Groups of fields whose values together may stand only once in the register."),
        ),
    ),
)

SECTION = Record(
    name="section",
    title=N_("Section"),
    help=N_("A part of the form with a heading of its own; the mapping key is its name."),
    keys=(
        Key(
            name="label",
            chinese="标签",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            example="一、基本情况",
            help=N_("The heading. Left out: the mapping key."),
        ),
        Key(
            name="help",
            chinese="说明",
            slot=Slot.TEXT,
            high=TEXT_LENGTH,
            example="按户口簿填写。",
            help=N_("A sentence under the heading."),
        ),
        Key(
            name="shown_when",
            chinese="显示条件",
            slot=Slot.FORMULA,
            example="户类型 为 监测户",
            help=N_("The section is shown only when the condition holds."),
        ),
        Key(
            name="fields",
            chinese="项目",
            slot=Slot.NAMED,
            record="field",
            needed=True,
            help=N_("The fields, in the order of screen and paper."),
        ),
    ),
)

LIST = Record(
    name="list",
    title=N_("List view"),
    help=N_("What the list of a register shows."),
    keys=(
        Key(
            name="columns",
            chinese="列",
            slot=Slot.NAMES,
            needed=True,
            example="[户主姓名, 区划, 户类型]",
            help=N_("The columns; a dot goes through a reference: 户.户主姓名."),
        ),
        Key(
            name="filters",
            chinese="筛选",
            slot=Slot.NAMES,
            example="[户类型, 区划]",
            help=N_("Fields the list can be narrowed by."),
        ),
        Key(
            name="order",
            chinese="排序",
            slot=Slot.SORTING,
            example="-创建",
            help=N_(
                "The field the list is sorted by, or created or updated; a leading - puts the greatest first."
            ),
        ),
    ),
)

CHECK = Record(
    name="check",
    title=N_("Check of a record"),
    help=N_("A condition and what is said when it does not hold."),
    keys=(
        Key(
            name="must",
            chinese="须满足",
            slot=Slot.FORMULA,
            needed=True,
            example="出生日期 <= 登记日期",
            help=N_("The condition. While a value is unknown, the check waits."),
        ),
        Key(
            name="otherwise",
            chinese="不满足时告知",
            slot=Slot.TEXT,
            high=200,
            needed=True,
            example="出生日期晚于登记日期。",
            help=N_("What is said when the condition does not hold."),
        ),
        Key(
            name="level",
            chinese="级别",
            slot=Slot.WORD,
            words=LEVEL,
            example="疑点",
            help=N_("error stops the save (the default); doubt lets it pass and lists it apart."),
        ),
        Key(
            name="at",
            chinese="位置",
            slot=Slot.NAME,
            example="出生日期",
            help=N_("The field that shows the message."),
        ),
    ),
)
