"""Dangerous code is not written, or stands in a short list with its reason; each rule finds its planted example."""

import ast

import pytest

from tests.architecture.dangerous import RULES, findings, script_findings, template_findings
from tests.architecture.sources import ROOT, app_files, place, tree

# Written in SQL on purpose: the ORM cannot say it, or says it too slowly. The statements are constants.
MAY_OPEN_A_CURSOR = {
    "accounts/attempts.py": "a function of the database that tells the gate in whose logs a row belongs",
    "accounts/lost_factors.py": "a function of the database that takes a second step away, once two have agreed",
    "attendance/concern_traces.py": "a function of the database that tells of concerns without their words",
    "attendance/detection.py": "crossings of a whole school in one statement, with a lock",
    "attendance/figures.py": "absence over school days and weeks, summed in the database",
    "attendance/investigation_rows.py": "a function of the database that tells that there is an investigation",
    "attendance/lines.py": "the lines that apply to a school, found by the same statement as detection finds them",
    "cases/lifting.py": "a function of the database that tells how often lifting a no has helped, in two numbers",
    "followup/report_figures.py": "a function of the database that counts reports, which nobody who counts may see",
    "cases/silence.py": "a function of the database that counts silences past the rows the reader sees",
    "cases/actions/placing.py": "a function of the database that lets a request go on past the eyes of who decides",
    "cases/waiting.py": "a function of the database that tells a unit the share of absence that a consent covers",
    "attendance/missing_reports.py": "what classes have reported over their latest days, counted in the database",
    "attendance/reduced_timetables.py": "a function of the database that tells of shortened timetables",
    "schools/calendars.py": "a provider's terms and a school's free days, asked for on nearly every page",
    "attendance/kept.py": "which kinds of rows there are about a pupil, asked of the database in one go",
    "attendance/reported.py": "a function of the database that tells when absence was last brought in",
    "attendance/setting_lines.py": "a lock, so that two versions of the lines never get one number",
    "attendance/signal_rows.py": "a function of the database that tells a school of its open cases",
    "attendance/trial.py": "the signals that other lines would have given, counted by the same statements",
    "attendance/school_years.py": "parts of tables, which only the catalogue knows of",
    "attendance/sources.py": "a lock, so that a school gets one counted source",
    "audit/verification.py": "the log read through by its owner, to verify it",
    "cases/acts.py": "a function of the database that tells when units acted",
    "cases/actions/requests.py": "the next number of a sequence",
    "cases/inbox_search.py": "a function of the database that finds an office's own requests by a whole number",
    "cases/report_pages.py": "a function of the database that tells the days of an earlier investigation, to an office",
    "cases/receivers.py": "a function of the database that tells how soon units answer, not whom",
    "cases/unit_times.py": "a function of the database that tells how long a unit has for something, not why",
    "integrations/before_images.py": "what an import replaces, kept and put back by the database itself",
    "integrations/brakes.py": "how many pupils stand among the staged rows",
    "integrations/class_sums.py": "sums of staged rows, class by class",
    "integrations/plan.py": "what an import changes, worked out between staged rows and stored ones",
    "integrations/staging.py": "temporary tables of an import, filled by COPY",
    "integrations/ss12000/absence_storing.py": "lessons put among the staged rows by COPY, and days that are empty now",
    "integrations/ss12000/subscriptions.py": "a function of the database that notes a call, and whether it is known",
    "integrations/ss12000/runs.py": "a lock of the connection, so that a source is read once at a time",
    "oversight/facts.py": "a function of the database that tells the clock about pupils",
    "oversight/finding.py": "a function of the database that answers whether the own log knows a number",
    "records/actions.py": "the number of the transaction that erases",
    "records/erasure.py": "deletes exactly the rows that were approved, and no others by cascade",
    "notifications/failing.py": "a function of the database that tells managers whose mail does not arrive",
    "notifications/sending.py": "a lock under which one mail is claimed at a time",
