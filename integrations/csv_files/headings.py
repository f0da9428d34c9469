"""Which column is which: the headings that Swedish school systems write, and the fields and units they stand for."""

from __future__ import annotations

import re
from functools import lru_cache

from schools.protection import is_about_protection

PUPIL_ID, PERSONAL_NUMBER, CLASS = "pupil_id", "personal_number", "class"
NAME, GIVEN_NAME, FAMILY_NAME, BORN_ON = "name", "given_name", "family_name", "born_on"
DATE, STARTS_AT, LENGTH, ABSENT, KIND, SUBJECT = "date", "starts_at", "length", "absent", "kind", "subject"
PERIOD, FIRST_DAY, LAST_DAY = "period", "first_day", "last_day"
PROTECTION = "protection"
OFFERED, REPORTED, UNREPORTED, PRESENT = "offered", "reported", "unreported", "present"
VALID, INVALID, OTHER, LATE = "valid", "invalid", "other", "late"
PUPIL = (PUPIL_ID, PERSONAL_NUMBER)
WHO = (GIVEN_NAME, FAMILY_NAME, NAME, BORN_ON)
"""What may suggest who an unknown pupil is; never enough to store anything."""

TIME = (LENGTH, ABSENT, OFFERED, REPORTED, UNREPORTED, PRESENT, VALID, INVALID, OTHER, LATE)
"""The fields that hold an amount of time, each in a unit of its own."""

MINUTES, HOURS, PERCENT = "min", "h", "%"
UNITS = (MINUTES, HOURS, PERCENT)

LESSONS, DAY_TOTALS, CLASS_DAYS, PERIOD_TOTALS = "lessons", "day_totals", "class_days", "period_totals"
REQUIRED = {
    LESSONS: (DATE, STARTS_AT, LENGTH, ABSENT, KIND),
    DAY_TOTALS: (DATE, VALID, INVALID),
    CLASS_DAYS: (CLASS, DATE, OFFERED, REPORTED),
    PERIOD_TOTALS: (PERIOD, VALID, INVALID),
}
"""What each shape of row cannot do without; all but the third need one of PUPIL as well."""

TOTALS = (OFFERED, REPORTED, UNREPORTED, PRESENT, OTHER, LATE)
OPTIONAL = {
    LESSONS: (*PUPIL, *WHO, SUBJECT, PROTECTION),
    DAY_TOTALS: (*PUPIL, *WHO, *TOTALS, PROTECTION),
    CLASS_DAYS: (PROTECTION,),
    PERIOD_TOTALS: (*PUPIL, *WHO, *TOTALS, FIRST_DAY, LAST_DAY, SUBJECT, PROTECTION),
}

SYNONYMS = {
    PUPIL_ID: "elevid elev elevguid elevensid elevnr elevnummer sourceid studentid pupilid pupil student personid "
    "externid externtid guid id",
    PERSONAL_NUMBER: "personnummer personnr persnr pnr elevpersonnummer elevpnr elevenspersonnummer personid12 "
    "civicno civicnumber civicregistrationnumber socialnumber socialsecuritynumber socsecno ssn pid",
    CLASS: "klass klassnamn klasser elevensklass class classname grupp group grouporclass avdelning mentorsgrupp",
    NAME: "namn elevnamn elevensnamn name fullname studentname displayname",
    GIVEN_NAME: "förnamn fornamn tilltalsnamn givenname firstname fname",
    FAMILY_NAME: "efternamn familyname lastname surname lname",
    BORN_ON: "födelsedatum fodelsedatum född fodd birthdate dateofbirth bornon",
    DATE: "datum date dag day lektionsdatum frånvarodatum absencedate",
    STARTS_AT: "start starttid startar börjar från fråntid lektionsstart starttime startsat tid klockslag time",
    LENGTH: "lektionslängd lektionstid lektlängd längd lessonlength lessonminutes length lektion lekt lektionsminuter",
    ABSENT: "frånvaro frånvarominuter frånvarotid frånvarolängd frv absence absent absentminutes minutes",
    KIND: "status närvarostatus frånvarotyp frånvaroorsak typ reason kind attendancestatus registrering attendance",
    SUBJECT: "ämne ämneskod kurs ämnekurs ämnegrupp kursämne subject course courseorsubject aktivitet lektionsnamn "
    "activity undervisningsgrupp",
    PERIOD: "period vecka v veckonr veckonummer week månad mån month termin term semester läsår schoolyear",
    FIRST_DAY: "frånochmed from fromdate startdatum startdate periodfrån periodstart periodensstart",
    LAST_DAY: "till tillochmed to todate slutdatum enddate periodtill periodslut periodensslut tom",
    OFFERED: "erbjuden erbjudentid undvtid undervisningstid schemalagd schemalagdtid schematid totalt totaltid "
    "offered offeredminutes offeredsum total",
    REPORTED: "rapporterad rapporterat rapporteradtid registrerad registreradtid reported reportedminutes reportedsum",
    UNREPORTED: "ejregtid ejreg ejregistrerad ejregistreradtid ejrapporterad ejrapporterat ejrapporteradtid "
    "oregistrerad unreported notreported",
    PRESENT: "närvaro n närvarande närvarotid present presence presentminutes attendancesum",
    VALID: "giltig giltigfrånvaro anmäld anmäldfrånvaro gf valid validabsence validminutes validabsencesum "
    "authorised authorisedabsence",
    INVALID: "ogiltig ogiltigfrånvaro oanmäld oanmäldfrånvaro of f invalid invalidabsence invalidminutes "
    "invalidabsencesum unauthorised unauthorisedabsence",
    OTHER: "annanskolaktivitet annanaktivitet annan skolaktivitet other otherattendance otherattendancesum",
    LATE: "sen senankomst senankomster sent försening förseningar late latearrival lateminutes",
}
FIELD_OF = {word: field for field, words in SYNONYMS.items() for word in words.split()}

UNIT_WORDS = (
    (HOURS, re.compile(r"(?<![a-zåäö])(h|t|tim|timmar|timme|hours?)(?![a-zåäö])")),
    (PERCENT, re.compile(r"%|(?<![a-zåäö])(procent|percent|pct)(?![a-zåäö])")),
    (MINUTES, re.compile(r"(?<![a-zåäö])(min|minuter|minutes|mins)(?![a-zåäö])")),
)
NOT_LETTERS = re.compile(r"[^a-zåäöéü0-9]")


@lru_cache(maxsize=4096)
def field_of(heading: str) -> str | None:
    """Return the field a heading stands for, None for one we do not know."""
    folded = heading.casefold().strip().lstrip("\ufeff")
    if is_about_protection(heading):
        return PROTECTION
    whole = NOT_LETTERS.sub("", folded)
    bare = folded
    for _unit, words in UNIT_WORDS:
        bare = words.sub(" ", bare)
    return FIELD_OF.get(whole) or FIELD_OF.get(NOT_LETTERS.sub("", bare))


def unit_of(heading: str) -> str | None:
    """Return the unit that a heading gives, None when it gives none: “Frånvaro (h)”."""
    folded = heading.casefold()
    return next((unit for unit, words in UNIT_WORDS if words.search(folded)), None)


def guess_columns(headings: list[str]) -> tuple[dict[str, int], dict[str, str]]:
    """Return the place of each field we know, and the unit of each time that is not in minutes.

    Where a field has several columns, the one in minutes counts before hours and per cent.
    """
    columns: dict[str, int] = {}
    units: dict[str, str] = {}
    for index, heading in enumerate(headings):
        known = field_of(heading)
        if known is None:
            continue
        unit = (unit_of(heading) or _usual_unit(heading)) if known in TIME else MINUTES
        if known not in columns or UNITS.index(unit) < UNITS.index(units.get(known, MINUTES)):
            columns[known] = index
            units[known] = unit
    return columns, {name: unit for name, unit in units.items() if unit != MINUTES}


def _usual_unit(heading: str) -> str:
    """Return the unit of a heading that gives none: Vklass writes the share not registered in “Ej reg tid”."""
    return PERCENT if NOT_LETTERS.sub("", heading.casefold()) == "ejregtid" else MINUTES


def shape_of(fields: set[str]) -> str | None:
    """Return the shape that the fields are enough for, None when something is missing."""
    return next((shape for shape in REQUIRED if not missing_in(shape, fields)), None)


def missing_in(shape: str, fields: set[str]) -> list[str]:
    """Return what the fields lack for a shape, in the order of the file's usual columns."""
    missing = [field for field in REQUIRED[shape] if field not in fields]
    if shape == PERIOD_TOTALS:
        if FIRST_DAY in fields and LAST_DAY in fields and PERIOD in missing:
            missing.remove(PERIOD)
        if ABSENT in fields:
            missing = [field for field in missing if field not in (VALID, INVALID)]
    if shape != CLASS_DAYS and not fields & set(PUPIL):
        missing.insert(0, PUPIL_ID)
    return missing


def likeliest_shape(fields: set[str]) -> str:
    """Return the shape that lacks least."""
    return min(REQUIRED, key=lambda shape: len(missing_in(shape, fields)))
