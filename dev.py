#!/usr/bin/env python3
"""The one command for working on Närvarobryggan: `python3 dev.py run` and `python3 dev.py test`.

This file stays readable by any Python 3, so that one that is too old gets a sentence and not a syntax error.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036
    sys.exit("Närvarobryggan needs Python 3.11 or newer; this one is %d.%d." % sys.version_info[:2])  # noqa: UP031

from launcher.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
