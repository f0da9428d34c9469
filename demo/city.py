"""The demo city's plan: which schools, how large, and which social services units of three districts have people.

Schools, districts and units are real and come from the registers; everybody in them is invented.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

FARSTA, SKARHOLMEN, JARVA = "farsta", "skarholmen", "jarva"
DISTRICTS = {FARSTA: "Farsta", SKARHOLMEN: "Skärholmen", JARVA: "Järva"}


LESSONS, DAY_TOTALS = "lessons", "day_totals"


@dataclass(frozen=True)
class SchoolPlan:
    """One school: its code in the national register, the district its pupils mostly live in, its classes and size.

    `classes` holds, for each school year (0 is preschool class), how many parallel classes there are; `exports` is what
    the school's own system can write to a file: LESSONS, or DAY_TOTALS of each pupil.
    """

    key: str
    code: str
    district: str
    classes: dict[int, int]
    class_size: int = 23
    exports: str = DAY_TOTALS

    def class_names(self) -> list[tuple[int, str]]:
        """Return school year and name of every class: (7, "7B")."""
        return [
            (grade, f"{grade or 'F'}{'ABCD'[parallel]}")
            for grade, parallels in self.classes.items()
            for parallel in range(parallels)
        ]

    def as_small(self) -> SchoolPlan:
        """Return the school with a handful of pupils in each class."""
        return replace(self, class_size=4)


ALL_YEARS = dict.fromkeys(range(4), 1) | dict.fromkeys(range(4, 10), 2)
ONE_OF_EACH = dict.fromkeys(range(10), 1)
MIDDLE_AND_UPPER = dict.fromkeys(range(4, 10), 2)
UPPER_YEARS = dict.fromkeys(range(7, 10), 3)

SCHOOLS = (
    SchoolPlan("farsta", "38758770", FARSTA, ALL_YEARS, 22, LESSONS),
    SchoolPlan("hokarang", "57184925", FARSTA, ALL_YEARS, 22, LESSONS),
    SchoolPlan("hasthag", "79626756", FARSTA, ALL_YEARS, 20, LESSONS),
    SchoolPlan("martin", "82854505", FARSTA, ONE_OF_EACH, 24),
    SchoolPlan("bredang", "14121892", SKARHOLMEN, ALL_YEARS, 20, LESSONS),
    SchoolPlan("satra", "21724208", SKARHOLMEN, ALL_YEARS, 22, LESSONS),
    SchoolPlan("lillholm", "46581319", SKARHOLMEN, ALL_YEARS, 18, LESSONS),
    SchoolPlan("vasterholm", "35890890", SKARHOLMEN, ONE_OF_EACH, 25),
    SchoolPlan("rinkeby", "37416253", JARVA, UPPER_YEARS, 24, LESSONS),
    SchoolPlan("kista", "22513261", JARVA, ALL_YEARS, 20, LESSONS),
    SchoolPlan("ellen_key", "16394249", JARVA, ONE_OF_EACH, 24),
    SchoolPlan("kunskap", "46796995", JARVA, MIDDLE_AND_UPPER, 25),
)
SMALL_CITY = tuple(plan.as_small() for plan in SCHOOLS[:2])

SERVICES = ("attendance_team", "sst", "sst_plus", "intake")
"""The catalogue entries of each district that have people in the demo."""
