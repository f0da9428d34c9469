"""Looks for words in every column of every table, however the database stores them."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection


def traces_of(words: Collection[str]) -> dict[str, int]:
    """Return how many rows of each table hold any of the words, bytes and JSON included."""
    found: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name, data_type FROM information_schema.columns c "
            "JOIN information_schema.tables t USING (table_schema, table_name) "
            "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY 1, 2"
        )
        columns: dict[str, list[str]] = {}
        for table, column, kind in cursor.fetchall():
            text = f"encode(\"{column}\", 'escape')" if kind == "bytea" else f'"{column}"::text'
            columns.setdefault(table, []).append(text)
        for table, texts in columns.items():
            row = " || ' ' || ".join(f"coalesce({text}, '')" for text in texts)
            cursor.execute(
                f'SELECT count(*) FROM "{table}" WHERE {row} LIKE ANY(%s)', [[f"%{word}%" for word in words]]
            )
            if count := cursor.fetchone()[0]:
                found[table] = count
    return found
