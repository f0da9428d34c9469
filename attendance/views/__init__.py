"""Pages of the attendance app."""
