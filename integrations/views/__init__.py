"""Pages for bringing absence in, by what the reader does there."""

from .columns import match_columns
from .imports import (
    approve_import,
    cancel_import,
    import_detail,
    import_errors,
    import_list,
    resume_import,
    undo_import,
    upload_import,
)
from .sources import absence_source_list, create_absence_source, define_absence_source

__all__ = [
    "absence_source_list", "approve_import", "cancel_import", "create_absence_source", "define_absence_source",
    "import_detail", "import_errors", "import_list", "match_columns", "resume_import", "undo_import", "upload_import",
]  # fmt: skip
