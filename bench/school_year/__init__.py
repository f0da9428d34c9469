"""A school year in which time is moved day by day: people act, real workers run, and everything is counted."""
