"""Faults and attacks that take too long for every commit: `python3 dev.py drill`."""
