"""Django's command line for Närvarobryggan."""

import os
import sys

LOGINS = {
    # What changes tables, registers and the demo city is the owner's; what works beside the pages the worker's.
    **dict.fromkeys(
        (
            "migrate",
            "makemigrations",
            "load_registers",
            "load_demo",
            "demo_people",
            "retention",
            "set_wall_key",
            "shell",
            "check_ledger",
        ),
        "owner",
    ),
    "verify_log": "owner",
    **dict.fromkeys(("procrastinate", "import_absence", "anchor_log", "note_silences", "worker_health"), "worker"),
}
"""Which of the database's logins a command uses; all others use the web server's."""


def main() -> None:
    """Run the command given on the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")
    os.environ.setdefault("NB_LOGIN", LOGINS.get(sys.argv[1] if len(sys.argv) > 1 else "", "web"))
    from django.core.management import execute_from_command_line

    if os.environ["DJANGO_SETTINGS_MODULE"].endswith(".production"):
        from config.logs import hook

        sys.excepthook = hook
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
