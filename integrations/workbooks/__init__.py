"""Workbooks as text: xlsx and ods become lines of cells before anything of them is kept."""
