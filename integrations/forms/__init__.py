"""What is filled in about a file: the upload, what its columns are, and what its source's words mean."""

from .columns import FIELDS, SHAPES, MatchColumnsForm, ReadAsForm
from .sources import SourceForm
from .upload import ApproveForm, UploadForm

__all__ = [
    "FIELDS",
    "SHAPES",
    "ApproveForm",
    "MatchColumnsForm",
    "ReadAsForm",
    "SourceForm",
    "UploadForm",
]
