"""What is known of the person behind an account beside the name: unit and telephone, the number sealed."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Table, Text

from ffp_admin.models.types import Words
from ffp_admin.store.static import METADATA

#: phone is sealed, phone_hash finds it again without opening it
account_card = Table(
    "account_card",
    METADATA,
    Column("user_id", BigInteger, primary_key=True, autoincrement=False),
    Column("unit", Words, nullable=False),
    Column("phone", Text, nullable=False),
    Column("phone_hash", Words, nullable=False),
    Index("ix_account_card_phone", "phone_hash"),
)
