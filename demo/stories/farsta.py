"""Farsta grundskola, with the attendance team and the intake office of Farsta: the stories a visitor walks into."""

from __future__ import annotations

from attendance.models import Concern, Sign
from demo.habits import Pattern
from demo.story import story
from demo.tale import Tale
from demo.words import HOME, MORNINGS, PEERS, QUIET, SCHOOLWORK, STOPPED, Words

SCHOOL = "farsta"
TEAM, INTAKE = "attendance_team", "intake"

ALVA = Words(
    "Borta nästan varje måndag sedan skolstarten, och de senaste tre veckorna också andra dagar.",
    "Det är svårast att gå in genom stora entrén. Måndagar börjar klassen med idrott.",
    "Någon som kan möta hemma på måndagsmorgnar, och stöd till föräldrarna i hur söndagskvällen kan bli lugnare.",
    "Sms-påminnelse från mentorn: ingen skillnad. Två samtal med hemmet: föräldrarna vill ha hjälp.",
    "Det är för mycket folk när man kommer in.",
)
ALVA_AGAIN = Words(
    "Frånvaron är nu nära en tredjedel. Alva har gått in genom sidodörren sex gånger och stannat hela dagen fem.",
    "Måndagar är fortfarande svårast. Alva sover dåligt natten innan.",
    "Möte hemma på måndagar i några veckor. Resten av veckan håller skolan i.",
    "Sidodörren och bild första timmen: hjälper. Kartläggningen är klar: en lugn start gör störst skillnad.",
    "Bild och att få komma in via sidodörren. Då går det.",
)


@story(SCHOOL, "7B", away=36, pattern=Pattern.MONDAYS, until=0.86, name="Alva Kvarnby")
def alva(tale: Tale) -> None:
    """The whole road: a concern, a request, a question, a no, new facts, a yes, and feedback to read."""
    tale.worries(
        -36,
        "Har varit borta fem av sju måndagar. Kom till andra lektionen en av dem och gick till biblioteket i stället.",
        Sign.OFTEN_AWAY,
        Sign.COMES_LATE,
        words="Det är för mycket folk när man kommer in.",
    )
    tale.takes_up_concern(-34, "Jag har träffat Alva och föräldrarna. Vi prövar sms och samtal, och ber om stöd.")
    tale.asks_for_support(-28, TEAM, ALVA)
    tale.opens(-27)
    tale.acknowledges(-26)
    tale.asks(-25, "Vad har ni provat på måndagarna just på plats i skolan, och hur blev det?", due=-20)
    tale.answers(-22, "Bara påminnelser hemifrån hittills. Vi har inte provat en annan väg in. Det gör vi nu.")
    tale.declines(
        -19,
        "BELOW_THRESHOLD",
        "Vi ser att måndagarna är svåra. Det finns mer som går att pröva i skolan innan vi kommer hem till familjen.",
        "Låt Alva gå in en annan väg och börja måndagen med något lugnt. Skriv vad som händer, och fråga oss igen.",
        next_on=-9,
    )
    tale.notes_at_school(-18, "Pratat med rektor. Vi prövar sidodörren från måndag. Alva fick välja: bild först.")
    tale.asks_for_support(-12, TEAM, ALVA_AGAIN)
    tale.acknowledges(-12)
    tale.accepts(-11, first_contact=-7)
    tale.meets_family(-8, "Möte hemma med Alva och båda föräldrarna. Vi börjar med måndagarna.")
    tale.notes_in_team(-8, "Alva visade sina teckningar. Föräldrarna trötta men med på tåget. Karim tar måndagar.")
    tale.gives_feedback(-7, "Första mötet hölls hemma. Karim möter Alva utanför huset på måndagar klockan åtta.")
    tale.reads_feedback(-6, "Tack, det här hjälper oss. Vi håller sidodörren öppen från tio i.")
    tale.gives_feedback(-1, "Alva har varit i skolan varje dag sedan vi sågs hemma. I går gick hon in själv.")


@story(SCHOOL, "9A", away=31, pattern=Pattern.RISING, name="Noel Sandvall")
def noel(tale: Tale) -> None:
    """A no that came yesterday: the school has to respond."""
    tale.worries(-17, "Har slutat komma till matematiken och går oftast hem vid lunch.", Sign.LEAVES_EARLY)
    tale.takes_up_concern(-15, "Specialpedagogen börjar i matematiken. Vi ber närvaroteamet om stöd hemma.")
    tale.asks_for_support(-9, TEAM, SCHOOLWORK)
    tale.opens(-9)
    tale.acknowledges(-8)
    tale.declines(
        -1,
        "SCHOOL_RESPONSIBILITY",
        "Det som hindrar Noel ligger i skolarbetet, och ni har precis börjat med stöd där. Det behöver få verka.",
        "Gör klart stödet i matematik, minst fyra veckor. Vi kommer gärna till ett gemensamt möte innan dess.",
        next_on=9,
    )


@story(SCHOOL, "8A", away=28, name="Tuva Oyarzo")
def tuva(tale: Tale) -> None:
    """The team has asked something, and the answer is due today."""
    tale.worries(-14, "Sitter ensam. Har bett att få gå hem tre gånger den här veckan.", Sign.WORRIED_OR_SAD)
    tale.takes_up_concern(-12, "Jag träffar Tuva varje tisdag. Vi ber om stöd utanför skolan.")
    tale.asks_for_support(-8, TEAM, PEERS)
    tale.acknowledges(-7)
    tale.asks(-5, "Finns det någon vuxen i skolan som Tuva redan litar på? Då börjar vi gärna där.", due=0)


@story(SCHOOL, "4A", away=19, pattern=Pattern.MORNINGS, name="Milo Aravena")
def milo(tale: Tale) -> None:
    """Sent yesterday; nobody has opened it yet."""
    tale.worries(-7, "Kommer efter tio de flesta dagar och är då trött hela förmiddagen.", Sign.COMES_LATE)
    tale.takes_up_concern(-5, "Vi har pratat med föräldrarna, som vill ha hjälp med morgnarna.")
    tale.asks_for_support(-1, TEAM, MORNINGS)


@story(SCHOOL, "6A", away=24, name="Ester Lönnvall")
def ester(tale: Tale) -> None:
    """Opened by the team, to be acknowledged today."""
    tale.worries(-10, "Borta onsdag och torsdag varje vecka. Säger att hon passar sin bror.", Sign.SOMETHING_AT_HOME)
    tale.takes_up_concern(-8, "Föräldern arbetar natt och har själv bett om hjälp. Vi frågar teamet.")
    tale.asks_for_support(-2, TEAM, HOME)
    tale.opens(-1)


@story(SCHOOL, "5B", away=17, pattern=Pattern.NOW_AND_THEN, name="Yusuf Jamacow")
def yusuf(tale: Tale) -> None:
    """Acknowledged; the team is thinking."""
    tale.worries(-13, "Ont i magen på morgnarna, nästan bara de dagar vi har prov.", Sign.WORRIED_OR_SAD)
    tale.takes_up_concern(-11, "Skolsköterskan har träffat Yusuf. Vi ber om stöd till hela familjen.")
    tale.asks_for_support(-7, TEAM, QUIET)
    tale.acknowledges(-6)


@story(SCHOOL, "8B", away=44, pattern=Pattern.MORNINGS, name="Rojin Demirtaş")
def rojin(tale: Tale) -> None:
    """Accepted; the first contact is to be made tomorrow."""
    tale.worries(-16, "Är här efter lunch men nästan aldrig före.", Sign.COMES_LATE)
    tale.takes_up_concern(-15, "Senare start hjälpte i tre veckor. Vi ber om någon som kan vara med hemma.")
    tale.asks_for_support(-9, TEAM, MORNINGS)
    tale.acknowledges(-8)
    tale.accepts(-4, first_contact=1)
    tale.notes_in_team(-4, "Ringt hemmet, bokat hembesök. Ta med blanketten om samtycke på kurdiska.")


@story(SCHOOL, "9B", away=47, pattern=Pattern.RISING, name="Isak Fagerlind")
def isak(tale: Tale) -> None:
    """In progress; the school has read the last feedback and the next is due soon."""
    tale.worries(-30, "Svarar inte när jag ringer på morgonen men skickar meddelanden på kvällen.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-28, "Hembesök gjort. Vi ber närvaroteamet komma med nästa gång.")
    tale.asks_for_support(-24, TEAM, STOPPED)
    tale.acknowledges(-23)
    tale.accepts(-20, first_contact=-16)
    tale.meets_family(-17, "Isak pratade i en timme genom dörren och öppnade sedan. Vi ses igen på torsdag.")
    tale.gives_feedback(-9, "Tre möten hemma. Isak har varit ute två gånger och sett skolan utifrån en kväll.")
    tale.reads_feedback(-8, "Så fint. Bildsalen är ledig efter tre om Isak vill titta in.")


@story(SCHOOL, "7A", away=26, name="Ines Borowiak")
def ines(tale: Tale) -> None:
    """Withdrawn; now nobody has a next step (S1)."""
    tale.worries(-15, "Borta tre dagar i veckan sedan storasyster flyttade.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-13, "Familjen vill ha hjälp. Vi ber närvaroteamet.")
    tale.asks_for_support(-9, TEAM, HOME)
    tale.acknowledges(-8)
    tale.withdraws(-4, "Familjen vill vänta med stödet till efter flytten. Vi hörs igen då.")


@story(SCHOOL, "6B", away=33, pattern=Pattern.RISING, name="Vera Gajowy")
def vera(tale: Tale) -> None:
    """Sent more than a week ago and still not acknowledged (S3)."""
    tale.worries(-14, "Har gått från enstaka dagar till halva veckan på en månad.", Sign.OFTEN_AWAY)
    tale.takes_up_concern(-12, "Vi har träffat familjen två gånger och skickar en begäran om stöd.")
    tale.asks_for_support(-7, TEAM, HOME)


@story(SCHOOL, "5A", away=22, name="Filmon Gebreab")
def filmon(tale: Tale) -> None:
    """The school follows the advice in a no, and has a step to do this week."""
    tale.worries(-26, "Har tappat lusten efter provet i matte. Går på toaletten hela lektionen.", Sign.HARD_WITH_WORK)
    tale.takes_up_concern(-25, "Kartläggning med specialpedagogen. Vi frågar också teamet.")
    tale.asks_for_support(-20, TEAM, SCHOOLWORK)
    tale.acknowledges(-19)
    tale.declines(
        -12,
        "SCHOOL_INVESTIGATION_MISSING",
        "Er kartläggning är inte klar. Vi behöver veta vad Filmon själv säger om de svåra lektionerna.",
        "Gör klart kartläggningen: vilka lektioner, vad händer innan, vad säger Filmon och hemmet? Fråga oss igen.",
        next_on=3,
        worker=1,
    )
    tale.follows_advice(-9, "Specialpedagogen gör klart kartläggningen med Filmon och hemmet.", due=2)


@story(SCHOOL, "3A", away=21, name="Majken Hedvall")
def majken(tale: Tale) -> None:
    """The school was not sure where to turn: the request lies with the intake office."""
    tale.worries(-8, "Gråter vid grinden och vill inte släppa pappas hand.", Sign.WORRIED_OR_SAD)
    tale.takes_up_concern(-6, "Vi möter vid grinden varje morgon och frågar mottagningen vilket stöd som finns.")
    tale.asks_for_support(-2, INTAKE, QUIET)


@story(SCHOOL, "9A", away=41, name="Lucía Montecinos")
def lucia(tale: Tale) -> None:
    """The intake office has accepted and calls the family today."""
    tale.worries(-13, "Bor hos mormor sedan tre veckor och har långt till skolan.", Sign.SOMETHING_AT_HOME)
    tale.takes_up_concern(-12, "Lucía och mormor vill ha hjälp. Vi vänder oss till mottagningen.")
    tale.asks_for_support(-8, INTAKE, HOME)
    tale.opens(-8)
    tale.acknowledges(-7)
    tale.accepts(-5, first_contact=0)


@story(SCHOOL, "7B", away=18, pattern=Pattern.RISING, name="Theo Asplund", leaves_signals=True)
def theo(tale: Tale) -> None:
    """A signal in Jonas's class that nobody has answered."""


@story(
    SCHOOL, "7B", away=100, pattern=Pattern.CEASED, since=0.86, until=0.92, name="Svante Holmdal", leaves_signals=True
)
def svante(tale: Tale) -> None:
    """Away for a week and back again: a signal to answer today."""


@story(
    SCHOOL, "7B", away=100, pattern=Pattern.CEASED, since=0.78, until=0.83, name="Lamar Haddadin", leaves_signals=True
)
def lamar(tale: Tale) -> None:
    """Away for some days and back again: a signal whose date has passed."""


@story(SCHOOL, "7B", away=24, pattern=Pattern.RISING, name="Saron Kidanu")
def saron(tale: Tale) -> None:
    """A concern from yesterday that waits for the counsellor."""
    tale.worries(
        -1,
        "Har somnat på lektionen två gånger. Säger att hon jobbar på kvällarna.",
        Sign.OFTEN_AWAY,
        Sign.SOMETHING_AT_HOME,
        words="Det är lugnt, jag sover i helgen.",
        talked=Concern.Talked.YES,
    )


@story(SCHOOL, "7B", away=13, name="Edvin Törnvall")
def edvin(tale: Tale) -> None:
    """A concern of Jonas's with an answer he has not read yet."""
    tale.worries(-5, "Står själv på rasterna sedan en vecka. Vill inte säga varför.", Sign.HARD_WITH_PEERS)
    tale.takes_up_concern(-2, "Jag träffar Edvin på torsdag. Håll ögonen på lunchen så länge.", Concern.Answer.FOLLOW)


@story(SCHOOL, "7B", away=11, pattern=Pattern.SETTLING, name="Love Ekdal")
def love(tale: Tale) -> None:
    """Another of Jonas's concerns: the school looks into the absence."""
    tale.worries(-8, "Ringer hem från toaletten efter andra lektionen, tre dagar i rad.", Sign.LEAVES_EARLY)
    tale.takes_up_concern(
        -4, "Vi utreder frånvaron. Jag träffar Love och hemmet nästa vecka.", Concern.Answer.INVESTIGATE
    )


@story(SCHOOL, "8A", away=12, name="Kaisa Niittylä")
def kaisa(tale: Tale) -> None:
    """A concern that nobody has said anything about, past its date."""
    tale.worries(-7, "Kommer in andfådd tio minuter sent varje dag och vill inte ta av jackan.", Sign.COMES_LATE)
