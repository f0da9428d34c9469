"""The commands that a server is made of; docker-compose.yml and the Dockerfile use the same ones."""

MIGRATE = ["manage.py", "migrate", "--no-input"]
LOAD_REGISTERS = ["manage.py", "load_registers"]
# Babel does it without the gettext programs, which few machines have.
COMPILE_WORDS = ["-m", "babel.messages.frontend", "compile", "--domain=django", "--directory=locale"]
# gunicorn 27 opens a control socket in the home folder, shared by everything the same user runs: never wanted here.
WEB = ["-m", "gunicorn", "config.wsgi", "--worker-class=gthread", "--no-control-socket", "--graceful-timeout=5"]
WORKER = ["manage.py", "procrastinate", "worker"]
RETENTION = ["manage.py", "retention", "--carry-out"]


def web(bind: str, *, workers: int = 2, threads: int = 4, log_level: str = "warning") -> list[str]:
    """Return the web server's arguments to Python, listening on `bind` (host:port)."""
    return [*WEB, f"--bind={bind}", f"--workers={workers}", f"--threads={threads}", f"--log-level={log_level}"]
