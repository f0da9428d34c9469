"""Says what the columns of a file are, as the page for it does."""

from dataclasses import replace

from integrations import actions
from integrations.csv_files.headings import shape_of
from integrations.csv_files.tables import Mapping
from integrations.models import AbsenceImport


def confirm_columns(absence_import, by, columns, at, **more):
    """Say of a file which column is what."""
    mapping = replace(Mapping.from_json(absence_import.mapping), columns=columns, **more)
    mapping = replace(mapping, shape=shape_of(mapping.fields) or mapping.shape)
    actions.match_columns(absence_import=absence_import, mapping=mapping, by=by, at=at)
    absence_import.refresh_from_db()
    return absence_import


def read_confirmed(absence_import, by, at):
    """Read a file, and confirm what we guess of its columns the first time, where that is enough to read it."""
    actions.read_import(absence_import, at=at)
    if absence_import.status == AbsenceImport.Status.NEEDS_MAPPING:
        mapping = Mapping.from_json(absence_import.mapping)
        if mapping.is_complete:
            actions.match_columns(absence_import=absence_import, mapping=mapping, by=by, at=at)
            absence_import.refresh_from_db()
            actions.read_import(absence_import, at=at)
    return absence_import
