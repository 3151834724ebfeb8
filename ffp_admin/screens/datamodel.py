"""FAB's data interface over the store: visibility, rules and history cannot be gone round through a view."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from ffp_admin.models import FormTables
from ffp_admin.screens.acting import current_actor
from ffp_admin.screens.fab import FabInterface
from ffp_admin.store import Draft, Query, Record, Saved, Store, load, page, save
from ffp_admin.store import Page as StorePage


class StoreInterface(FabInterface):  # type: ignore[misc]
    """Every reading and writing method of FAB's interface, with the request's actor."""

    def __init__(self, tables: FormTables, store: Store) -> None:
        super().__init__(tables.entity)
        self._form = tables.form.key
        self._store = store

    @property
    def session(self) -> Any:
        """No session is handed out: it would read past `visible` and write past `save`."""
        raise TypeError("records are read and written through the store")

    def query(self, filters: Any = None, *_ignored: Any, page_size: int | None = None, **_more: Any) -> Any:
        """(count up to 10,000, records) for a store Query."""
        asked = filters if isinstance(filters, Query) else Query(size=page_size or Query().size)
        with self._store.reading() as session:
            found = self.page(session, asked)
        return found.total, list(found.records)

    def page(self, session: Session, asked: Query) -> StorePage:
        """One page with its cursors."""
        return page(session, self._store, self._form, current_actor(), asked)

    def get(self, id: Any, filters: Any = None, select_columns: Any = None) -> Record | None:
        """The record, when the actor may see it."""
        with self._store.reading() as session:
            return load(session, self._store, self._form, int(id), current_actor())

    def add(self, item: Draft, commit: bool = True) -> Saved:
        """Save a draft by the rules."""
        return self._save(item)

    def edit(self, item: Draft, commit: bool = True) -> Saved:
        """The same for an existing record."""
        return self._save(item)

    def _save(self, item: Draft) -> Saved:
        if not isinstance(item, Draft):
            raise TypeError("only drafts are saved, by the rules of their form")
        with self._store.writing() as session:
            return save(session, self._store, item, current_actor())

    def delete(self, item: Any, commit: bool = True) -> None:
        """Records are never deleted."""
        raise TypeError("records are made void, never deleted")

    def delete_all(self, items: Any) -> None:
        """Records are never deleted."""
        raise TypeError("records are made void, never deleted")

    def get_pk_value(self, item: Record) -> int:
        """The id."""
        return item.id
