"""Concern reports from Farsta grundskola, at every stage the intake office of Farsta can have them in."""

from __future__ import annotations

from attendance.models import Concern, Sign
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale

SCHOOL = "farsta"


@story(SCHOOL, "7B", away=15, pattern=Pattern.MORNINGS, name="Meja Holmstrand")
def meja(tale: Tale) -> None:
    """Jonas reported yesterday; nobody at the office has confirmed it."""
    tale.worries(-1, "Somnar i klassrummet och har samma kläder hela veckan.", Sign.SOMETHING_AT_HOME)
    tale.reports(-1)


@story(SCHOOL, "7B", away=18, name="Otto Rosenlund")
def otto(tale: Tale) -> None:
    """The decision must be made within days."""
    tale.worries(-9, "Vill inte gå hem efter skolan. Säger inte varför.", Sign.WORRIED_OR_SAD)
    tale.reports(-8)
    tale.takes_up_concern(-8, "Jag har pratat med Otto. Vi talas vid igen i nästa vecka.", Concern.Answer.CLOSE)
    tale.confirms_report(-8)
    tale.assesses_protection(-8)


@story(SCHOOL, "8B", away=22, name="Selma Dahlvik")
def selma(tale: Tale) -> None:
    """An investigation is opened, and the reporter waits to be told."""
    tale.reports(-12, "counsellor")
    tale.confirms_report(-12)
    tale.assesses_protection(-11)
    tale.decides_report(-4, "opened")


@story(SCHOOL, "7B", away=14, name="Hampus Lidvall")
def hampus(tale: Tale) -> None:
    """Not opened, since it was thought to be the school's; Jonas has been told the one word."""
    tale.reports(-11)
    tale.confirms_report(-11)
    tale.assesses_protection(-10)
    tale.decides_report(-3, "not_opened", "SCHOOL_RESPONSIBILITY", "Frånvaron beror på läget i klassen, enligt hemmet.")
    tale.tells_reporter(-2)
