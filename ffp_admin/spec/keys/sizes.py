"""Greatest lengths shared by the key tables, in characters."""

LABEL_LENGTH = 60
TEXT_LENGTH = 500
