"""Which column is which: the headings that Swedish school systems write, and the fields they stand for."""

from __future__ import annotations

import re

from schools.protection import is_about_protection

PUPIL_ID, PERSONAL_NUMBER, CLASS = "pupil_id", "personal_number", "class"
DATE, STARTS_AT, LENGTH, ABSENT, KIND, SUBJECT = "date", "starts_at", "length", "absent", "kind", "subject"
PROTECTION = "protection"
OFFERED, REPORTED, VALID, INVALID, OTHER, LATE = "offered", "reported", "valid", "invalid", "other", "late"
PUPIL = (PUPIL_ID, PERSONAL_NUMBER)
MINUTES = (LENGTH, ABSENT, OFFERED, REPORTED, VALID, INVALID, OTHER, LATE)

LESSONS, DAY_TOTALS, CLASS_DAYS = "lessons", "day_totals", "class_days"
REQUIRED = {
    LESSONS: (DATE, STARTS_AT, LENGTH, ABSENT, KIND),
    DAY_TOTALS: (DATE, VALID, INVALID),
    CLASS_DAYS: (CLASS, DATE, OFFERED, REPORTED),
}
"""What each shape of row cannot do without; the first two need one of PUPIL as well."""
OPTIONAL = {
    LESSONS: (*PUPIL, SUBJECT, PROTECTION),
    DAY_TOTALS: (*PUPIL, OFFERED, REPORTED, OTHER, LATE, PROTECTION),
    CLASS_DAYS: (PROTECTION,),
}

SYNONYMS = {
    PUPIL_ID: "elevid elev elevguid sourceid studentid pupilid pupil student personid externid guid id",
    PERSONAL_NUMBER: "personnummer personnr pnr elevpersonnummer elevpnr civicno socialnumber socsecno pid",
    CLASS: "klass klassnamn elevensklass class classname grupp group",
    DATE: "datum date dag day lektionsdatum",
    STARTS_AT: "start starttid startar börjar lektionsstart starttime startsat tid klockslag time",
    LENGTH: "lektionslängd lektionstid lektlängd längd lessonlength lessonminutes length lektion lekt",
    ABSENT: "frånvaro frånvarominuter frånvarotid frånvarolängd frv absence absent absentminutes minutes",
    KIND: "status närvarostatus frånvarotyp frånvaroorsak typ reason kind attendancestatus registrering",
    SUBJECT: "ämne ämneskod kurs ämnekurs subject course courseorsubject aktivitet lektionsnamn",
    OFFERED: "erbjuden erbjudentid undvtid undervisningstid schemalagd schemalagdtid offered offeredminutes offeredsum",
    REPORTED: "rapporterad rapporterat rapporteradtid registrerad registreradtid reported reportedminutes reportedsum",
    VALID: "giltig giltigfrånvaro gf valid validabsence validminutes validabsencesum",
    INVALID: "ogiltig ogiltigfrånvaro of f invalid invalidabsence invalidminutes invalidabsencesum",
    OTHER: "annanskolaktivitet annanaktivitet annan skolaktivitet other otherattendance otherattendancesum",
    LATE: "sen senankomst senankomster sent late latearrival lateminutes",
}
FIELD_OF = {word: field for field, words in SYNONYMS.items() for word in words.split()}

HOURS = re.compile(r"\b(h|tim|timmar|hours)\b")
UNITS = re.compile(r"\b(h|tim|timmar|hours|min|minuter|minutes)\b")
NOT_LETTERS = re.compile(r"[^a-zåäöéü0-9]")


def field_of(heading: str) -> str | None:
    """Return the field a heading stands for, None for one we do not know."""
    folded = heading.casefold().strip()
    whole = NOT_LETTERS.sub("", folded)
    if is_about_protection(heading):
        return PROTECTION
    return FIELD_OF.get(whole) or FIELD_OF.get(NOT_LETTERS.sub("", UNITS.sub("", folded)))


def is_in_hours(heading: str) -> bool:
    """Say whether a heading gives hours: “Frånvaro (h)”."""
    return HOURS.search(heading.casefold()) is not None


def shape_of(fields: set[str]) -> str | None:
    """Return the shape that the fields are enough for, None when something is missing."""
    return next((shape for shape in REQUIRED if not missing_in(shape, fields)), None)


def missing_in(shape: str, fields: set[str]) -> list[str]:
    """Return what the fields lack for a shape, in the order of the file's usual columns."""
    missing = [field for field in REQUIRED[shape] if field not in fields]
    if shape != CLASS_DAYS and not fields & set(PUPIL):
        missing.insert(0, PUPIL_ID)
    return missing


def likeliest_shape(fields: set[str]) -> str:
    """Return the shape that lacks least."""
    return min(REQUIRED, key=lambda shape: len(missing_in(shape, fields)))
