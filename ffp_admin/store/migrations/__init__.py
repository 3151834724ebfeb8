"""The Alembic environment of the platform's own tables; forms' tables are made by publishing."""
