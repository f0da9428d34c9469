"""Hökarängsskolan: cases that stand still, one for each reason that Farsta grundskola does not show."""

from __future__ import annotations

from attendance.models import Sign
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale
from demo.words import HOME, MORNINGS, PEERS, PRINCIPLE, SCHOOLWORK, STOPPED

SCHOOL = "hokarang"
TEAM, SST, PLUS, INTAKE = "attendance_team", "sst", "sst_plus", "intake"


@story(SCHOOL, "8A", away=25, name="Bruno Fuentealba")
def bruno(tale: Tale) -> None:
    """Everything rests: the only step is paused (S2)."""
    tale.worries(-18, "Borta varje fredag och de flesta torsdagar.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-16, "Familjen vill ha hjälp hemma.")
    tale.asks_for_support(-12, SST, HOME)
    tale.acknowledges(-11)
    tale.accepts(-8, first_contact=-2)
    tale.pauses(-4, "first_contact", 5, "Familjen är bortrest till nästa vecka och vill börja när de är hemma.")


@story(SCHOOL, "9A", away=21, name="Iris Källgård")
def iris(tale: Tale) -> None:
    """The school follows the advice, but nothing has happened for four weeks (S4)."""
    tale.worries(-35, "Missar två lektioner om dagen, alltid samma.", Sign.LEAVES_EARLY)
    tale.takes_up_concern(-34, "Vi ber SST om stöd medan vi anpassar här.")
    tale.asks_for_support(-31, SST, SCHOOLWORK)
    tale.acknowledges(-30)
    tale.declines(
        -25,
        "BELOW_THRESHOLD",
        "Iris är här de flesta dagar. Det är två ämnen som är svåra, och där har skolan mest att göra.",
        "Pröva mindre grupp i de två ämnena till efter lovet. Hör av er om det inte räcker.",
        next_on=-5,
    )
    tale.follows_advice(-21, "Mindre grupp i matematik och svenska, sedan avstämning med Iris och hemmet.", due=6)


@story(SCHOOL, "7A", away=37, name="Hanna Malicki")
def hanna(tale: Tale) -> None:
    """The team asked and the clock rested; the rest is over and nobody has gone on (S5)."""
    tale.worries(-20, "Har inte varit här en hel dag sedan början av terminen.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-18, "Vi ber SST om stöd.")
    tale.asks_for_support(-14, SST, PRINCIPLE)
    tale.acknowledges(-13)
    tale.asks(-10, "Har båda föräldrarna fått veta att vi frågar? Vi vill inte höra av oss innan dess.", due=-5)


@story(SCHOOL, "7A", away=52, name="Nils Bergvall")
def nils(tale: Tale) -> None:
    """No room, and a wait of more than twenty days (S12)."""
    tale.worries(-16, "Har varit här fyra dagar sedan lovet.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-15, "Vi ber SST+ om stöd, och håller i samtalen hemma så länge.")
    tale.asks_for_support(-12, PLUS, HOME)
    tale.acknowledges(-11)
    tale.queues(-9, 3, 15, "Skolan håller i samtalen. Vi ringer hemmet varannan vecka och säger hur kön går.")


@story(SCHOOL, "9B", away=42, name="Robel Teklemar")
def robel(tale: Tale) -> None:
    """In progress, but the one who works with the family has left the team (S6)."""
    tale.worries(-29, "Är här för lunchen och går sedan.", Sign.LEAVES_EARLY)
    tale.takes_up_concern(-28, "Robel vill ha hjälp att komma i gång på morgonen.")
    tale.asks_for_support(-25, SST, MORNINGS)
    tale.acknowledges(-24, worker=2)
    tale.accepts(-21, first_contact=-17, worker=2)
    tale.meets_family(-18, "Träffat Robel och hans syster. Vi går till skolan tillsammans på tisdagar.", worker=2)
    tale.gives_feedback(-7, "Tre tisdagar av fyra. Robel vill lägga till torsdagar.", worker=2)
    tale.reads_feedback(-6, "Vad bra. Vi möter på torsdagar också.")
    tale.leaves(-4, worker=2)


@story(SCHOOL, "8B", away=63, pattern=Pattern.CEASED, name="Ebba Rönnvik")
def ebba(tale: Tale) -> None:
    """Sent on twice, and nobody has taken over (S7)."""
    tale.worries(-21, "Har inte kommit alls på tre veckor. Svarar mig på kvällarna.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-20, "Hembesök gjort två gånger. Ebba vill tillbaka, i små steg. Vi ber om stöd.")
    tale.asks_for_support(-15, TEAM, STOPPED)
    tale.acknowledges(-14, worker=1)
    tale.redirects(-11, SST, "Ebba behöver mer tid än vi har. SST kan arbeta längre.", worker=1)
    tale.acknowledges(-9, worker=0)
    tale.redirects(-6, PLUS, "Frånvaron är över hälften av tiden. SST+ har specialpedagog och psykolog.", worker=0)


@story(SCHOOL, "6B", away=26, name="Älva Ängdahl")
def alva_angdahl(tale: Tale) -> None:
    """A no a week and a half ago, and then nothing (S8)."""
    tale.worries(-22, "Sitter i kapprummet när de andra har gått in.", Sign.HARD_WITH_PEERS)
    tale.takes_up_concern(-21, "Vi ber om stöd utanför skolan.")
    tale.asks_for_support(-17, SST, PEERS)
    tale.acknowledges(-16)
    tale.declines(
        -8,
        "OTHER_ACTOR_FIRST",
        "Älva berättar om oro som funnits länge. Vårdcentralen behöver träffa henne först.",
        "Hjälp familjen att boka tid på vårdcentralen. Vi är med på ett möte när tiden är bokad.",
        next_on=2,
    )
