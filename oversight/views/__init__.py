"""Pages about the log."""
