"""Who may see, add, change and remove which rows of a table: one operation in a migration says all of it.

A condition is SQL over the row's own columns and the signed identity: `me()`, `my_membership()`, `my_unit()`,
`my_units()`, `my_role()`, `my_side()`, `my_authority()`, `my_kind()`. Write them as `(SELECT my_unit())`, so that each
is asked once a statement and not once a row. A role that is not named has no right to the table at all: that is the
wall between the authorities, and it stands even where a condition is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.base import Operation

from .roles import EVERYBODY, WEB, WORKER, short

Conditions = Mapping[str, str]
Columns = Mapping[str, Sequence[str]]

PROTECTED = "NOT ({pupil} = ANY ((SELECT hidden_from_me())::uuid[]))"
"""Pupils with protected identity do not exist for who is not named for them: put the pupil's column in."""

FORGET = """
DO $$ DECLARE old record; BEGIN
    FOR old IN SELECT policyname FROM pg_policies WHERE schemaname = 'public' AND tablename = '{table}' LOOP
        EXECUTE format('DROP POLICY %I ON {table}', old.policyname);
    END LOOP;
END $$
"""


class Guard(Operation):
    """Puts a table behind the wall. A later Guard of the same table replaces the earlier one.

    `see`, `add`, `change` and `remove` map a database role to the condition its rows meet; `see_columns` and
    `change_columns` narrow a role to some columns; `check` is what a changed row must meet where that differs from
    what it met before. `never` holds for every role on top of everything else, but for those `spared`. The owner
    passes: it migrates.
    """

    reduces_to_sql = False
    reversible = True
    prefix = ""

    def __init__(
        self,
        table: str,
        *,
        see: Conditions | None = None,
        add: Conditions | None = None,
        change: Conditions | None = None,
        check: Conditions | None = None,
        remove: Conditions | None = None,
        see_columns: Columns | None = None,
        change_columns: Columns | None = None,
        never: str = "",
        spared: Sequence[str] = (),
    ) -> None:
        self.table = table
        self.see, self.add, self.change, self.remove = see or {}, add or {}, change or {}, remove or {}
        self.check, self.see_columns, self.change_columns = check or {}, see_columns or {}, change_columns or {}
        self.never, self.spared = never, spared

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models do not know of the wall."""

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Write rights and policies anew."""
        for statement in self.statements():
            schema_editor.execute(statement, params=None)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Take all rights away; an earlier Guard is not brought back."""
        schema_editor.execute(FORGET.format(table=self.table), params=None)
        schema_editor.execute(self._revoke(), params=None)

    def describe(self) -> str:
        """Say what is done, for `migrate --plan`."""
        return f"Guard {self.table}"

    @property
    def migration_name_fragment(self) -> str:
        """Name a migration made of guards."""
        return f"guard_{self.table}"

    def statements(self) -> Iterator[str]:
        """Give the statements in order."""
        yield FORGET.format(table=self.table)
        yield self._revoke()
        yield f"ALTER TABLE {self.table} ENABLE ROW LEVEL SECURITY"
        yield f"ALTER TABLE {self.table} FORCE ROW LEVEL SECURITY"
        yield f"CREATE POLICY owner_passes ON {self.table} TO CURRENT_USER USING (true) WITH CHECK (true)"
        for role, condition in self.see.items():
            yield self._grant("SELECT", role, self.see_columns.get(role))
            yield self._policy("see", "SELECT", role, f"USING ({condition})")
        for role, condition in self.add.items():
            yield self._grant("INSERT", role)
            yield self._policy("add", "INSERT", role, f"WITH CHECK ({condition})")
        for role, condition in self.change.items():
            yield self._grant("UPDATE", role, self.change_columns.get(role))
            check = self.check.get(role, condition)
            yield self._policy("change", "UPDATE", role, f"USING ({condition}) WITH CHECK ({check})")
        for role, condition in self.remove.items():
            yield self._grant("DELETE", role)
            yield self._policy("remove", "DELETE", role, f"USING ({condition})")
        if self.never:
            held = ", ".join(role for role in EVERYBODY if role not in self.spared)
            yield f"CREATE POLICY never ON {self.table} AS RESTRICTIVE TO {held} USING ({self.never})"

    def _revoke(self) -> str:
        return f"REVOKE ALL ON {self.table} FROM PUBLIC, {', '.join((WEB, WORKER, *EVERYBODY))}"

    def _grant(self, right: str, role: str, columns: Sequence[str] | None = None) -> str:
        only = f" ({', '.join(columns)})" if columns else ""
        return f"GRANT {right}{only} ON {self.table} TO {role}"

    def _policy(self, verb: str, command: str, role: str, condition: str) -> str:
        return f"CREATE POLICY {self.prefix}{verb}_{short(role)} ON {self.table} FOR {command} TO {role} {condition}"


class GuardMore(Guard):
    """Adds to the Guard of a table that belongs to an app below: what only an app further up can say.

    When the table's own Guard is written anew, this has to follow it again.
    """

    prefix = "also_"

    def statements(self) -> Iterator[str]:
        """Give the statements in order, leaving what is there."""
        own = ("GRANT ", f"CREATE POLICY {self.prefix}")
        yield from (statement for statement in super().statements() if statement.startswith(own))


class Reword(Guard):
    """Says the conditions of standing policies in other words. Rights, columns and all other policies stay.

    A condition that is to say the same at a lower price is written so: nothing that is not named can be lost.
    """

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: Any, to_state: Any
    ) -> None:
        """Leave them: the new words say what the old ones said."""

    def statements(self) -> Iterator[str]:
        """Give the statements in order."""
        for role, condition in self.see.items():
            yield self._reworded("see", role, f"USING ({condition})")
        for role, condition in self.change.items():
            check = self.check.get(role, condition)
            yield self._reworded("change", role, f"USING ({condition}) WITH CHECK ({check})")

    def _reworded(self, verb: str, role: str, condition: str) -> str:
        return f"ALTER POLICY {verb}_{short(role)} ON {self.table} {condition}"


class Open(Guard):
    """A table that is no secret: whoever is named may read all of it, and only the owner writes."""

    def __init__(self, table: str, *roles: str) -> None:
        super().__init__(table, see=dict.fromkeys(roles or EVERYBODY, "true"))
