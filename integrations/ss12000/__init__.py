"""Reads a school's register and absence from its own system over SS 12000 (SIS TK450), 2.0 and 2.1.

A source is somebody else's server: nothing it says is trusted. `transport` decides whom we call at all, `client` asks
politely, `lists` reads all pages of a list, `reading` takes in rows; then a run stages what it read, compares it with
the register, and lets a person or a brake decide.
"""
