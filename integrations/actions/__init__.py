"""Brings a file of absence in: upload, read, match columns, approve, apply, judge; or cancel; and undoes what it did.

Pages, tasks and commands use these. Reading and applying tell between pieces of a file how far they are. Called outside
a transaction, others see each report at once; what is stored as absence is always stored in one transaction.
"""

from .applying import BrakeIsOn, NothingToReadIn, apply_import, approve_import
from .judging import is_being_judged, judge_import
from .moving import (
    ImportHasMovedOn,
    ImportNotAllowed,
    cancel_import,
    give_up_import,
    has_stopped,
    resume_import,
)
from .reading import match_columns, read_import
from .sources import create_source, define_source
from .undoing import LaterImportTellsTheSame, TooLateToUndo, ask_to_undo, later_import, undo_import
from .uploading import MOST_BYTES, earlier_with_same_content, upload_absence_file

__all__ = [
    "MOST_BYTES", "BrakeIsOn", "ImportHasMovedOn", "ImportNotAllowed", "LaterImportTellsTheSame", "NothingToReadIn",
    "TooLateToUndo", "apply_import", "approve_import", "ask_to_undo", "cancel_import", "create_source", "define_source",
    "earlier_with_same_content", "give_up_import", "has_stopped", "is_being_judged", "judge_import", "later_import",
    "match_columns", "read_import", "resume_import", "undo_import", "upload_absence_file",
]  # fmt: skip
