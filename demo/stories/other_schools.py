"""The other schools of the three districts: the same work told more briefly, so that the city is not two schools."""

from __future__ import annotations

from collections.abc import Callable

from attendance.models import Sign
from cases.models import Case
from cases.obligations import LiftAnswer
from demo.habits import Habit, Pattern
from demo.story import STORIES, Story
from demo.tale import Tale
from demo.words import ALL_WORDS, YOUNG, Words

TEAM, SST, PLUS, INTAKE = "attendance_team", "sst", "sst_plus", "intake"

SEEN = (
    "Har varit borta mer än hälften av förmiddagarna den senaste månaden.",
    "Går hem efter lunch de dagar klassen har idrott.",
    "Kommer de flesta dagar men stannar sällan hela dagen.",
    "Säger att det är för högt i klassrummet och går ut.",
)
TAKEN_UP = (
    "Jag har träffat eleven och hemmet. Vi ber om stöd.",
    "Vi har prövat det vi kan här och frågar nu om hjälp utanför skolan.",
    "Hemmet har själva bett om hjälp. Jag skriver en begäran i dag.",
)
MET = (
    "Träffat eleven och en förälder hemma. Vi ses igen nästa vecka.",
    "Första mötet hölls på skolan, det ville eleven helst.",
    "Mött hela familjen. Vi börjar med kvällarna.",
)
GOING_ON = (
    "Vi har setts fyra gånger. Eleven har varit i skolan tre dagar av fem den här veckan.",
    "Morgnarna går bättre. Torsdagar är fortfarande svåra, vi arbetar vidare med dem.",
    "Inget har ändrats än, men familjen är med och vill fortsätta.",
)
READ = ("Tack, det här hjälper oss.", "Vi ser samma sak. Tack.", "Tack. Vi pratar med mentorn om torsdagarna.")

SCHOOL_FIRST = (
    "SCHOOL_RESPONSIBILITY",
    "Det som hindrar ligger mest i skolarbetet, och där har ni insatser som inte är prövade.",
    "Pröva stöd i mindre grupp i fyra veckor. Bjud in oss till ett gemensamt möte under tiden.",
)
TOO_EARLY = (
    "BELOW_THRESHOLD",
    "Frånvaron är ännu enstaka dagar. Vi tror att ni kan komma längre på plats.",
    "Pröva lugn start och tät kontakt med hemmet. Fråga oss igen om det inte vänder.",
)
NOT_REACHED = (
    "NO_CONTACT",
    "Vi har ringt vid fyra tillfällen, skrivit två gånger och erbjudit hembesök utan att få svar.",
    "Fråga hemmet vilket sätt som passar dem, och ta emot oss i skolan om de hellre vill det.",
)


def _asks(tale: Tale, day: int, to: str, words: Words) -> None:
    """Tell of the concern that comes before every request, and of the request."""
    tale.worries(day - 6, tale.luck.choice(SEEN), tale.luck.choice((Sign.OFTEN_AWAY, Sign.LEAVES_EARLY)))
    tale.takes_up_concern(day - 4, tale.luck.choice(TAKEN_UP))
    tale.asks_for_support(day, to, words)


def sent(tale: Tale, to: str, words: Words) -> None:
    """Sent yesterday."""
    _asks(tale, -1, to, words)


def assessed(tale: Tale, to: str, words: Words) -> None:
    """Acknowledged in time, not answered yet."""
    _asks(tale, -6, to, words)
    tale.opens(-6)
    tale.acknowledges(-5)


def queued(tale: Tale, to: str, words: Words) -> None:
    """There is no room yet, and it will take more than twenty days (S12)."""
    _asks(tale, -9, to, words)
    tale.acknowledges(-8)
    tale.queues(-7, 4, 16, "Skolan håller i samtalen. Vi ringer hemmet varannan vecka och säger hur kön går.")


def asked(tale: Tale, to: str, words: Words) -> None:
    """The receiver has asked something that is not answered yet."""
    _asks(tale, -7, to, words)
    tale.acknowledges(-6)
    tale.asks(-3, "Vem i skolan träffar eleven oftast, och när på dagen?", due=2)


def accepted(tale: Tale, to: str, words: Words) -> None:
    """Accepted after a question; the first contact is ahead."""
    _asks(tale, -12, to, words)
    tale.acknowledges(-11)
    tale.asks(-9, "Hur kommer eleven till skolan i dag, och vem följer med?", due=-4)
    tale.answers(-7, "Går själv, tio minuter. Storasyster kan följa med två dagar i veckan.")
    tale.accepts(-3, first_contact=2)


def in_progress(tale: Tale, to: str, words: Words) -> None:
    """The work goes on, with feedback read."""
    _asks(tale, -29, to, words)
    tale.acknowledges(-28)
    tale.accepts(-25, first_contact=-20)
    tale.meets_family(-21, tale.luck.choice(MET))
    for day in (-13, -5):
        tale.gives_feedback(day, tale.luck.choice(GOING_ON))
        tale.reads_feedback(day + 1, tale.luck.choice(READ))


def fed_back(tale: Tale, to: str, words: Words) -> None:
    """The work goes on; the last feedback is not acknowledged."""
    _asks(tale, -22, to, words)
    tale.acknowledges(-21)
    tale.accepts(-18, first_contact=-13)
    tale.meets_family(-14, tale.luck.choice(MET))
    tale.gives_feedback(-2, tale.luck.choice(GOING_ON))


def declined(tale: Tale, to: str, words: Words) -> None:
    """A no three days ago; the school has not responded yet."""
    _asks(tale, -9, to, words)
    tale.acknowledges(-8)
    reason, because, advice = tale.luck.choice((SCHOOL_FIRST, TOO_EARLY, NOT_REACHED))
    tale.declines(-3, reason, because, advice, next_on=7)


def advised(tale: Tale, to: str, words: Words) -> None:
    """A no that the school followed; it has a step left."""
    _asks(tale, -24, to, words)
    tale.acknowledges(-23)
    tale.declines(-16, *TOO_EARLY, next_on=4)
    tale.follows_advice(-13, "Lugn start i biblioteket och samtal med hemmet varje fredag.", due=-4)
    tale.does_step(-5, "Lugn start fem dagar av sju. Frånvaron har halverats.", "Stämma av med hemmet", 5)


def asked_again(tale: Tale, to: str, words: Words) -> None:
    """A no, then new facts and a yes."""
    _asks(tale, -26, to, words)
    tale.acknowledges(-25)
    tale.declines(-20, *TOO_EARLY, next_on=0)
    tale.asks_for_support(-14, to, words)
    tale.acknowledges(-13)
    tale.accepts(-11, first_contact=-6)
    tale.meets_family(-7, tale.luck.choice(MET))


def lifted(tale: Tale, to: str, words: Words) -> None:
    """Lifted to the managers, whose answers are late."""
    _asks(tale, -23, to, words)
    tale.acknowledges(-22)
    tale.declines(-13, *SCHOOL_FIRST, next_on=3)
    tale.lifts(-6, "Mindre grupp är prövad sedan i våras. Det vi behöver hjälp med är morgnarna hemma.")


def lifted_and_answered(tale: Tale, to: str, words: Words) -> None:
    """Lifted, and answered by the head of social services; the school's manager has until today."""
    _asks(tale, -21, to, words)
    tale.acknowledges(-20)
    tale.declines(-12, *NOT_REACHED, next_on=4)
    tale.lifts(-5, "Hemmet har sagt till oss att de gärna ses här i skolan. Vi vill att ni försöker en gång till.")
    tale.social_manager_answers(
        -2, LiftAnswer.JOINT_MEETING, "Vi kommer till skolan och träffar familjen tillsammans.", "Möte i skolan", 4
    )


def completed(tale: Tale, to: str, words: Words) -> None:
    """The work has ended; the school decides how to go on."""
    _asks(tale, -31, to, words)
    tale.acknowledges(-30)
    tale.accepts(-28, first_contact=-23)
    tale.meets_family(-24, tale.luck.choice(MET))
    tale.gives_feedback(-15, tale.luck.choice(GOING_ON))
    tale.reads_feedback(-14, tale.luck.choice(READ))
    tale.completes(-4, "Eleven har varit i skolan fyra veckor i sträck. Familjen hör av sig vid behov.", 5)


def improved(tale: Tale, to: str, words: Words) -> None:
    """Closed: attendance has improved."""
    _asks(tale, -36, to, words)
    tale.acknowledges(-35)
    tale.accepts(-33, first_contact=-28)
    tale.meets_family(-29, tale.luck.choice(MET))
    tale.gives_feedback(-20, tale.luck.choice(GOING_ON))
    tale.reads_feedback(-19, tale.luck.choice(READ))
    tale.completes(-12, "Målet är nått: fyra dagar av fem i sex veckor.", -6)
    tale.closes(-8, Case.Outcome.IMPROVED, "Du har kämpat på. Vi är stolta över dig och finns kvar.")


def supported_elsewhere(tale: Tale, to: str, words: Words) -> None:
    """Closed: other support took over."""
    _asks(tale, -34, to, words)
    tale.acknowledges(-33)
    tale.accepts(-31, first_contact=-26)
    tale.meets_family(-27, tale.luck.choice(MET))
    tale.closes(-15, Case.Outcome.OTHER_SUPPORT, "Nu har du någon som är bra på just det här. Vi ses i skolan.")


def late(tale: Tale, to: str, words: Words) -> None:
    """Acknowledged long ago; the answer is late (S3)."""
    _asks(tale, -19, to, words)
    tale.acknowledges(-18)


def a_day_late(tale: Tale, to: str, words: Words) -> None:
    """Acknowledged in time; the answer was due yesterday."""
    _asks(tale, -12, to, words)
    tale.acknowledges(-11)


def quiet(tale: Tale, to: str, words: Words) -> None:
    """The school follows the advice, and nothing has been heard since (S4)."""
    _asks(tale, -29, to, words)
    tale.acknowledges(-28)
    tale.declines(-23, *TOO_EARLY, next_on=-3)
    tale.follows_advice(-19, "Lugn start och tätare kontakt med hemmet till lovet.", due=4)


def left_after_no(tale: Tale, to: str, words: Words) -> None:
    """A no, and then nothing (S8)."""
    _asks(tale, -18, to, words)
    tale.acknowledges(-17)
    tale.declines(-9, *SCHOOL_FIRST, next_on=2)


SHORT_STORIES: tuple[tuple[str, str, int, Callable[[Tale, str, Words], None], str], ...] = (
    ("hasthag", "7A", 31, in_progress, SST),
    ("hasthag", "8B", 22, lifted, TEAM),
    ("hasthag", "5A", 16, accepted, INTAKE),
    ("hasthag", "6B", 20, a_day_late, INTAKE),
    ("martin", "6A", 19, assessed, INTAKE),
    ("martin", "9A", 34, asked_again, SST),
    ("martin", "8A", 24, declined, SST),
    ("bredang", "8A", 29, fed_back, TEAM),
    ("bredang", "9B", 41, late, SST),
    ("bredang", "7B", 18, improved, TEAM),
    ("satra", "7A", 27, lifted_and_answered, SST),
    ("satra", "9A", 56, in_progress, PLUS),
    ("satra", "1A", 17, sent, INTAKE),
    ("lillholm", "8B", 33, asked, TEAM),
    ("lillholm", "6A", 21, advised, SST),
    ("vasterholm", "8A", 26, left_after_no, SST),
    ("vasterholm", "5A", 20, completed, TEAM),
    ("rinkeby", "9A", 58, queued, PLUS),
    ("rinkeby", "8C", 36, in_progress, SST),
    ("rinkeby", "7B", 23, supported_elsewhere, TEAM),
    ("kista", "7A", 30, accepted, SST),
    ("kista", "9B", 25, quiet, TEAM),
    ("kista", "4A", 19, improved, TEAM),
    ("ellen_key", "8A", 28, declined, TEAM),
    ("ellen_key", "6A", 15, sent, TEAM),
    ("kunskap", "9A", 37, fed_back, SST),
    ("kunskap", "7B", 22, asked, INTAKE),
)
"""School, class, absence in per cent, what happened, and to which service the request went."""


def _short_story(
    number: int, school: str, class_name: str, away: int, tell: Callable[[Tale, str, Words], None], to: str
) -> Story:
    words = YOUNG if class_name[0] in "123" else ALL_WORDS[number % len(ALL_WORDS)]
    habit = Habit(away / 100, Pattern.NOW_AND_THEN)
    return Story(f"{tell.__name__}_{school}", school, class_name, habit, lambda tale: tell(tale, to, words))


STORIES.extend(_short_story(number, *facts) for number, facts in enumerate(SHORT_STORIES))
