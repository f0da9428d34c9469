"""What a row was before it was changed: kept by the database itself, statement by statement, in a closed table.

A migration says for which table, with `KeepHistory`. Nobody's role reads the history: it holds what the rows held.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation


class KeepHistory(Operation):
    """Keeps the old values of changed columns, and whole removed rows, of a table; `without` names what is secret.

    `key` is the column a row is known by, or several with a comma between them.
    """

    reduces_to_sql = False
    reversible = True

    def __init__(self, table: str, *, key: str = "id", without: Sequence[str] = ()) -> None:
        self.table, self.key, self.without = table, key, without

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know of it."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Put the triggers on the table."""
        self.database_backwards(app_label, schema_editor, from_state, to_state)
        arguments = ", ".join(f"'{name}'" for name in (self.key, *self.without))
        schema_editor.execute(
            f"CREATE TRIGGER keep_history_of_changes AFTER UPDATE ON {self.table} "
            "REFERENCING OLD TABLE AS was NEW TABLE AS became "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_history_of_changes({arguments})",
            params=None,
        )
        schema_editor.execute(
            f"CREATE TRIGGER keep_history_of_removals AFTER DELETE ON {self.table} REFERENCING OLD TABLE AS was "
            f"FOR EACH STATEMENT EXECUTE FUNCTION keep_history_of_removals({arguments})",
            params=None,
        )

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Take the triggers away; what they have kept stays."""
        for name in ("changes", "removals"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS keep_history_of_{name} ON {self.table}", params=None)

    def describe(self) -> str:
        """Say what is done, for `migrate --plan`."""
        return f"Keep the history of {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        """Name a migration made of these."""
        return f"history_of_{self.table}"
