"""Declared forms → SQLAlchemy tables, and the additive plan that brings the database there."""

from ffp_admin.models.columns import assign_columns
from ffp_admin.models.compile import FormTables, compile_form
from ffp_admin.models.plan import Built, Plan, Refusal, plan_form

__all__ = ["Built", "FormTables", "Plan", "Refusal", "assign_columns", "compile_form", "plan_form"]
