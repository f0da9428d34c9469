"""Farsta grundskola: cases that have come to an end."""

from __future__ import annotations

from attendance.models import Sign
from cases.models import Case
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale
from demo.words import MORNINGS, PEERS

SCHOOL = "farsta"


@story(SCHOOL, "8A", away=14, pattern=Pattern.SETTLING, name="Hugo Sjödal")
def hugo(tale: Tale) -> None:
    """Closed: attendance has improved."""
    tale.worries(-42, "Borta varannan dag de första veckorna.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-41, "Vi har prövat senare start och ber SST om stöd hemma.")
    tale.asks_for_support(-39, "sst", MORNINGS)
    tale.acknowledges(-38)
    tale.accepts(-36, first_contact=-32)
    tale.meets_family(-33, "Träffat Hugo och mamma. Hugo vill själv ställa klockan.")
    tale.gives_feedback(-26, "Två besök på morgonen. Hugo har kommit i tid fyra dagar av fem.")
    tale.reads_feedback(-25, "Vi ser det också. Tack.")
    tale.gives_feedback(-18, "Hugo klarar morgnarna själv. Vi trappar ner.")
    tale.reads_feedback(-17, "Bra, vi fortsätter med senare start måndagar.")
    tale.completes(-12, "Hugo har varit i skolan varje dag i tre veckor. Familjen hör av sig om det ändras.", -7)
    tale.closes(-8, Case.Outcome.IMPROVED, "Du gjorde det här, Hugo. Vi finns kvar om en morgon blir svår igen.")


@story(SCHOOL, "9B", away=20, pattern=Pattern.SETTLING, name="Nour Barazi")
def nour(tale: Tale) -> None:
    """Closed: other support took over."""
    tale.worries(-40, "Är ledsen och orkar inte vara kvar efter lunch.", Sign.WORRIED_OR_SAD)
    tale.takes_up_concern(-39, "Nour vill prata med någon utanför skolan. Vi ber om stöd.")
    tale.asks_for_support(-37, "attendance_team", PEERS)
    tale.acknowledges(-36, worker=1)
    tale.accepts(-34, first_contact=-30, worker=1)
    tale.meets_family(-31, "Nour berättar att det redan finns en kontakt sedan i somras.", worker=1)
    tale.completes(-22, "Nour har nu en egen kontakt som fortsätter. Vi behövs inte bredvid.", -16, worker=1)
    tale.closes(-18, Case.Outcome.OTHER_SUPPORT, "Vi är glada att du har någon att prata med, Nour. Dörren är öppen.")
