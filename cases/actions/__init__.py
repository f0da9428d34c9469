"""Every change of state in a case, one verb per function."""
