"""Hökarängsskolan: another school with the same teams, seen by another counsellor."""

from __future__ import annotations

from attendance.models import Concern, Sign
from cases.models import Case
from cases.obligations import LiftAnswer
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale
from demo.words import MORNINGS, MOVED_HERE, PEERS, PRINCIPLE, QUIET, SCHOOLWORK, STOPPED

SCHOOL = "hokarang"
TEAM, SST, PLUS, INTAKE = "attendance_team", "sst", "sst_plus", "intake"


@story(SCHOOL, "8A", away=35, name="Selma Edholm")
def selma(tale: Tale) -> None:
    """A no that the school has lifted: both managers have until the day after tomorrow."""
    tale.worries(-27, "Tredje terminen med samma mönster: borta två dagar efter varje byte av hem.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-25, "Vi har träffat båda föräldrarna och ber teamet samla dem.")
    tale.asks_for_support(-20, TEAM, PRINCIPLE)
    tale.acknowledges(-19, worker=1)
    tale.declines(
        -8,
        "SCHOOL_RESPONSIBILITY",
        "Det här är en fråga om närvaro i skolan, och skolan har inte gjort klart sin utredning av frånvaron.",
        "Kalla båda föräldrarna till ett möte i skolan och bjud in oss.",
        next_on=2,
        worker=1,
    )
    tale.lifts(
        -3,
        "Vi har kallat två gånger, och en förälder kommer åt gången. Det är samordningen vi ber om hjälp med.",
    )


@story(SCHOOL, "7A", away=29, pattern=Pattern.RISING, name="Kacper Jaworek")
def kacper(tale: Tale) -> None:
    """Lifted and answered by both managers, who differ: it is with the district, and each side has a step meanwhile."""
    tale.worries(-33, "Har inte varit på slöjden på en månad. Går hem.", Sign.LEAVES_EARLY)
    tale.takes_up_concern(-32, "Vi ber om stöd för familjen, som är ny i området.")
    tale.asks_for_support(-29, SST, MOVED_HERE)
    tale.acknowledges(-28)
    tale.declines(
        -22,
        "BELOW_THRESHOLD",
        "Frånvaron är ännu inte så stor att vi brukar gå in.",
        "Pröva fadder och resesällskap i fyra veckor. Ring oss om det inte vänder.",
        next_on=-2,
    )
    tale.lifts(-18, "Vi har redan prövat fadder och resesällskap. Frånvaron har fördubblats på en månad.")
    tale.social_manager_answers(
        -14,
        LiftAnswer.YES_WITH_CONDITIONS,
        "Teamet börjar med familjen nu. Skolan fortsätter med fadder, och vi ses efter tre veckor.",
        "Ring familjen och boka ett första möte",
        1,
    )
    tale.school_manager_answers(
        -13, LiftAnswer.SHARED, "Båda håller i sin del. Skolan kallar till uppföljning.", "Kalla till uppföljning", 3
    )


@story(SCHOOL, "6A", away=27, name="Signe Granvik")
def signe(tale: Tale) -> None:
    """Sent on once and taken over: the answer's date goes on counting from the first arrival."""
    tale.worries(-13, "Ligger efter i två ämnen och gömmer häftena.", Sign.HARD_WITH_WORK)
    tale.takes_up_concern(-12, "Specialpedagogen är inkopplad. Vi frågar teamet om stöd hemma.")
    tale.asks_for_support(-8, TEAM, SCHOOLWORK)
    tale.acknowledges(-7, worker=1)
    tale.redirects(-6, SST, "SST arbetar redan med skolan i årskurs 6 och kan börja tidigare än vi.", worker=1)
    tale.acknowledges(-5, worker=1)


@story(SCHOOL, "2A", away=16, name="Lo Tallgård")
def lo(tale: Tale) -> None:
    """Sent on once; the intake office has not taken over yet."""
    tale.worries(-10, "Vill inte gå från sin förälder på morgonen.", Sign.WORRIED_OR_SAD)
    tale.takes_up_concern(-9, "Lugn start prövad i två veckor. Vi ber om stöd till familjen.")
    tale.asks_for_support(-5, TEAM, QUIET)
    tale.acknowledges(-4, worker=1)
    tale.redirects(-1, INTAKE, "Familjen frågar efter föräldrastöd. Det ger mottagningen snabbast.", worker=1)


@story(SCHOOL, "9A", away=38, pattern=Pattern.SETTLING, name="Danait Habtezion")
def danait(tale: Tale) -> None:
    """Broken off: the school has to respond, as to a no."""
    tale.worries(-34, "Kommer bara de dagar klassen har bild.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-33, "Vi bygger schemat runt bilden och ber om stöd för vägen dit.")
    tale.asks_for_support(-30, TEAM, STOPPED)
    tale.acknowledges(-29, worker=2)
    tale.accepts(-27, first_contact=-23, worker=2)
    tale.meets_family(-24, "Mött Danait och pappa. Danait vill börja med två dagar i veckan.", worker=2)
    tale.gives_feedback(-17, "Två dagar i veckan fungerar. Danait vill inte att vi följer med in.", worker=2)
    tale.reads_feedback(-16, "Det låter klokt. Vi möter i dörren i stället.")
    tale.interrupts(
        -3, "Pappa har tackat nej till fler besök. Danait vill gärna ha kvar kontakten med skolan.", 6, worker=2
    )


@story(SCHOOL, "9B", away=30, name="Gabriel Espinal")
def gabriel(tale: Tale) -> None:
    """A no, and the school has asked for a talk."""
    tale.worries(-22, "Har gått upp i att åka till stan på dagarna.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-20, "Gabriel vill börja om. Vi ber om en vuxen utanför skolan.")
    tale.asks_for_support(-16, SST, PEERS)
    tale.acknowledges(-15)
    tale.declines(
        -5,
        "PUPIL_NOT_MOTIVATED",
        "Vi har sökt Gabriel fyra gånger på tre sätt. Han svarade en gång och sa att han inte vill träffas nu.",
        "Vi börjar med föräldrarna i stället och gör ett nytt försök med Gabriel om tre veckor.",
        next_on=8,
        then="receiver",
    )
    tale.talks_first(-4, "Gabriel säger till oss att han kan tänka sig att ses här i skolan. Kan ni komma hit?", 3)


@story(SCHOOL, "5A", away=18, pattern=Pattern.MORNINGS, name="Ilyas Farole")
def ilyas(tale: Tale) -> None:
    """In progress, with feedback that the school has not acknowledged."""
    tale.worries(-25, "Sover på första lektionen när han är här.", Sign.COMES_LATE)
    tale.takes_up_concern(-24, "Föräldrarna vill ha stöd med kvällarna.")
    tale.asks_for_support(-21, SST, MORNINGS)
    tale.acknowledges(-20)
    tale.accepts(-18, first_contact=-14)
    tale.meets_family(-15, "Träffat hela familjen. Vi har gjort en kvällsplan tillsammans.")
    tale.gives_feedback(-2, "Kvällsplanen följs fyra kvällar av fem. Ilyas somnar före tio.")


@story(SCHOOL, "7B", away=33, name="Farah Mansouri")
def farah(tale: Tale) -> None:
    """Closed: the family has moved."""
    tale.worries(-41, "Har varit här en dag i veckan sedan skolstarten.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-40, "Familjen bor tillfälligt hos släkt. Vi ber om stöd.")
    tale.asks_for_support(-38, TEAM, MOVED_HERE)
    tale.acknowledges(-37, worker=1)
    tale.accepts(-35, first_contact=-31, worker=1)
    tale.meets_family(-32, "Familjen flyttar till Uppsala i nästa månad.", worker=1)
    tale.closes(-20, Case.Outcome.MOVED, "Lycka till i nya skolan, Farah. Vi har berättat för dem vad som hjälper dig.")


@story(SCHOOL, "8B", away=15, pattern=Pattern.SETTLING, name="Malte Solberg")
def malte(tale: Tale) -> None:
    """Closed: something else."""
    tale.worries(-39, "Är borta när klassen har grupparbete.", Sign.HARD_WITH_PEERS)
    tale.takes_up_concern(-38, "Vi ber om stöd för Malte utanför skolan.")
    tale.asks_for_support(-36, SST, PEERS)
    tale.acknowledges(-35)
    tale.withdraws(-30, "Malte och familjen vill pröva fotbollen först.")
    tale.sets_next_step(-29, "Följa upp med Malte och hemmet efter fyra veckor", -12)
    tale.does_step(-14, "Malte är med i laget och har varit i skolan hela perioden.", "Sista avstämning med hemmet", -6)
    tale.closes(-7, Case.Outcome.OTHER, "Det var du som kom på fotbollen, Malte. Bra tänkt.")


@story(SCHOOL, "6B", away=14, name="Elif Tekdal")
def elif_(tale: Tale) -> None:
    """A concern that waits for Petra."""
    tale.worries(-4, "Har slutat prata i klassen. Skriver lappar i stället.", Sign.WORRIED_OR_SAD)


@story(SCHOOL, "4A", away=12, name="Tage Skogvall")
def tage(tale: Tale) -> None:
    """A concern that has been answered: the school looks into the absence."""
    tale.worries(-9, "Säger att det gör ont i benen när vi ska till idrotten.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-6, "Vi utreder frånvaron och träffar hemmet på fredag.", Concern.Answer.INVESTIGATE)
