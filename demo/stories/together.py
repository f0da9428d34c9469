"""Schools and teams together: meetings that both sides hold, and what the managers make of a no."""

from __future__ import annotations

from attendance.models import Sign
from cases.obligations import LiftAnswer
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale
from demo.words import HOME, MORNINGS, PEERS, SCHOOLWORK

HOKARANG, SATRA = "hokarang", "satra"
TEAM, SST = "attendance_team", "sst"


@story(SATRA, "5A", away=31, name="Vilja Sandmark")
def vilja(tale: Tale) -> None:
    """Lifted; the two managers differ, so it stands with the coordinator of the district."""
    tale.worries(-31, "Har varit hemma varje torsdag och fredag sedan september.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-30, "Hemmet har bett om hjälp med kvällarna. Vi frågar SST.")
    tale.asks_for_support(-26, SST, HOME)
    tale.acknowledges(-25)
    tale.declines(
        -18,
        "OTHER_ACTOR_FIRST",
        "Familjen har en kontakt på barn- och ungdomsmottagningen, som behöver säga sitt först.",
        "Fråga mottagningen om ett gemensamt möte, och bjud in oss.",
        next_on=0,
    )
    tale.lifts(-14, "Mottagningen har lång väntetid. Under tiden är det ingen som hjälper familjen på kvällarna.")
    tale.tells_other_version(-13, "Vi vill inte börja med något som mottagningen kan komma att ändra om en månad.")
    tale.social_manager_answers(
        -10, LiftAnswer.NO_STANDS, "Mottagningen har ansvaret så länge kontakten pågår.", "Ring mottagningen", 4
    )
    tale.school_manager_answers(
        -9, LiftAnswer.SHARED, "Skolan och teamet kan börja var sin del redan nu.", "Håll i mentorns samtal", 3
    )


@story(HOKARANG, "6B", away=28, pattern=Pattern.MORNINGS, name="Anton Lundvik")
def anton(tale: Tale) -> None:
    """The work goes on; the school has called to a meeting, and the team has not chosen a time yet."""
    tale.worries(-27, "Kommer till tredje lektionen de flesta dagar.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-26, "Anton vill ha hjälp att komma upp. Vi ber om stöd.")
    tale.asks_for_support(-23, TEAM, MORNINGS)
    tale.acknowledges(-22, worker=1)
    tale.accepts(-20, first_contact=-15, worker=1)
    tale.meets_family(-17, "Träffat Anton och hans pappa. Vi provar väckning i två veckor.", worker=1)
    tale.gives_feedback(-5, "Fyra morgnar av tio. Anton vill att skolan är med i planen.", worker=1)
    tale.reads_feedback(-4, "Det vill vi också.")
    tale.school_calls_meeting(-2, "Hur ska morgnarna se ut efter att väckningen slutar?", [4, 5, 6])


@story(SATRA, "4A", away=24, name="Majken Ekbom")
def majken(tale: Tale) -> None:
    """The work goes on; a meeting was held, and the school follows up what was decided."""
    tale.worries(-36, "Går från matsalen och kommer inte tillbaka.", Sign.HARD_WITH_PEERS)
    tale.takes_up_concern(-35, "Vi bygger om lunchen och ber SST om stöd för det som är svårt hemma.")
    tale.asks_for_support(-32, SST, PEERS)
    tale.acknowledges(-31)
    tale.accepts(-29, first_contact=-24)
    tale.meets_family(-26, "Träffat Majken och hennes mormor. De vill börja med luncherna.")
    tale.gives_feedback(-19, "Majken stannar tre luncher av fem.")
    tale.reads_feedback(-18, "Vi ser det också.")
    tale.receiver_calls_meeting(-15, "Vem gör vad när vi trappar ner, och från vilken vecka?", [-8, -7])
    tale.school_agrees_to_meet(-13)
    tale.receiver_writes_decisions(
        -8,
        "Vi trappar ner till ett besök i veckan. Skolan tar luncherna från nästa vecka, med samma vuxen varje dag.",
        "Stäm av med Majken hur luncherna går",
        3,
    )
    tale.gives_feedback(-6, "Första veckan med ett besök. Det går bra.")
    tale.reads_feedback(-5, "Tack. Vi hör av oss efter avstämningen.")


@story(SATRA, "4B", away=26, name="Sixten Bergåsa")
def sixten(tale: Tale) -> None:
    """Lifted, and both managers changed the no: the team has the next step."""
    tale.worries(-30, "Lägger sig på golvet i kapprummet när lektionen börjar.", Sign.HARD_WITH_WORK)
    tale.takes_up_concern(-29, "Anpassningar prövade i fyra veckor. Vi ber SST om stöd hemma.")
    tale.asks_for_support(-25, SST, SCHOOLWORK)
    tale.acknowledges(-24)
    tale.declines(
        -17,
        "BELOW_THRESHOLD",
        "Frånvaron är ännu mindre än vad vi brukar gå in vid.",
        "Fortsätt med anpassningarna och fråga oss igen om det inte vänder.",
        next_on=0,
    )
    tale.lifts(-13, "Sixten har varit borta hela den senaste veckan. Det kan inte vänta.")
    tale.tells_other_version(-12, "När vi svarade var frånvaron fjorton procent. Det har ändrats sedan dess.")
    tale.school_manager_answers(
        -10, LiftAnswer.YES_WITH_CONDITIONS, "Teamet börjar hemma nu.", "Håll i anpassningarna", 4
    )
    tale.social_manager_answers(
        -9, LiftAnswer.YES_WITH_CONDITIONS, "Vi börjar så länge skolan håller i sitt.", "Boka ett hembesök", 2
    )
