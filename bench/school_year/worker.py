"""A worker that is told the time: a line on stdin is a moment, a line on stdout says that what was due is done.

It is the product's own worker: procrastinate's deferrer decides what is due at the moment, and its worker runs it. Only
the clock is moved, in this process and, by `clockwork`, in the database.
"""

from __future__ import annotations

import asyncio
import sys
import time
from datetime import datetime

import django

django.setup()

import time_machine  # noqa: E402
from procrastinate.contrib.django import app  # noqa: E402
from procrastinate.periodic import PeriodicDeferrer  # noqa: E402


async def work(moment: datetime) -> None:
    """Do everything that is due at `moment`."""
    with time_machine.travel(moment, tick=True):
        deferrer = PeriodicDeferrer(app.periodic_registry)
        await deferrer.defer_jobs(deferrer.get_previous_tasks(at=time.time()))
        await app.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)


async def main() -> None:
    """Work at each moment that is told, until there are no more."""
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        async with app.open_async():
            print("ready", flush=True)
            while line := await asyncio.to_thread(sys.stdin.readline):
                await work(datetime.fromisoformat(line.strip()))
                print("done", flush=True)


if __name__ == "__main__":
    asyncio.run(main())
