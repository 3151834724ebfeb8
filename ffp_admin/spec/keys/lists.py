"""Keys of code lists and roles."""

from __future__ import annotations

from ffp_admin.i18n import N_
from ffp_admin.spec.grammar import Key, Record, Slot
from ffp_admin.spec.keys.sizes import LABEL_LENGTH
from ffp_admin.spec.words import DUTY, REGION_LEVEL, TRUTH, VERB

CODE_LIST = Record(
    name="code_list",
    title=N_("Code list"),
    help=N_("The words of a choice, each with a code; order in the file is order on screen."),
    keys=(
        Key(
            name="code_list",
            chinese="代码表",
            slot=Slot.KEY,
            needed=True,
            example="relation_to_head",
            help=N_("Key of the code list; fields refer to it."),
        ),
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="与户主关系",
            help=N_("What people see."),
        ),
        Key(
            name="codes",
            chinese="代码",
            slot=Slot.CODES,
            record="code",
            attribute="words",
            needed=True,
            help=N_("Code and word; or code and the keys below. Put codes that begin with 0 in quotes."),
        ),
    ),
)

CODE = Record(
    name="code",
    title=N_("Code with keys"),
    help=N_("One word of a code list that needs more than its text."),
    keys=(
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="配偶",
            help=N_("The word."),
        ),
        Key(
            name="aliases",
            chinese="别名",
            slot=Slot.TEXTS,
            example="[妻子, 丈夫]",
            help=N_("Other spellings met in workbooks."),
        ),
        Key(
            name="valid_from",
            chinese="自",
            slot=Slot.DAY,
            example="2021-05-01",
            help=N_("The first day the word may be chosen."),
        ),
        Key(
            name="valid_to",
            chinese="至",
            slot=Slot.DAY,
            example="2025-12-31",
            help=N_("The last day the word may be chosen; old records keep it."),
        ),
        Key(
            name="parent",
            chinese="上级",
            slot=Slot.TEXT,
            high=30,
            example='"10"',
            help=N_("The code above it in the same list."),
        ),
    ),
)

ROLE = Record(
    name="role",
    title=N_("Role"),
    help=N_("What the holders of a role may do."),
    keys=(
        Key(
            name="role",
            chinese="角色",
            slot=Slot.KEY,
            needed=True,
            example="town_clerk",
            help=N_("Key of the role."),
        ),
        Key(
            name="label",
            chinese="名称",
            slot=Slot.TEXT,
            high=LABEL_LENGTH,
            needed=True,
            example="乡镇经办",
            help=N_("What people see."),
        ),
        Key(
            name="level",
            chinese="层级",
            slot=Slot.WORD,
            words=REGION_LEVEL,
            example="乡镇",
            help=N_("The level of the region a holder is given; the holder sees what lies below it."),
        ),
        Key(
            name="grants",
            chinese="权限",
            slot=Slot.GRANTS,
            words=VERB,
            example='{household: [查看, 填报], "*": [查看]}',
            help=N_('Register and rights; "*" stands for every register.'),
        ),
        Key(
            name="unmasked",
            chinese="看全号",
            slot=Slot.WORD,
            words=TRUTH,
            example="是",
            help=N_("Sees ID numbers, phones and accounts in full; each viewing is recorded."),
        ),
        Key(
            name="duties",
            chinese="职责",
            slot=Slot.WORDS,
            words=DUTY,
            example="[审计]",
            help=N_(
                "Work on the platform itself: users, audit, or publishing declarations; "
                "no role has two of them."
            ),
        ),
        Key(
            name="hides",
            chinese="不看",
            slot=Slot.LIMITS,
            example="{finance: [收入, 人均纯收入]}",
            help=N_(
                "Register and its fields, sections or columns of a table (药费票据.金额) that holders never see: "
                "not in lists, forms, searches, history, on paper or in exports. Nor can they change them."
            ),
        ),
        Key(
            name="masks",
            chinese="遮盖",
            slot=Slot.LIMITS,
            example="{person: [健康情况]}",
            help=N_("The same, but holders see with stars that something is recorded there."),
        ),
    ),
)
