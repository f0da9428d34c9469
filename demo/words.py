"""What a counsellor writes in a request, as a real one would: observed, short, in words the child may read."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Words:
    """The writer's words in one request."""

    why_now: str
    what_hinders: str
    help_wanted: str
    tried: str
    pupil_words: str = ""

    def as_content(self, contact: str) -> dict[str, object]:
        """Return the words as the request takes them, with whom to contact and the absence shared."""
        return {**asdict(self), "contact": contact, "share_absence": True}


MORNINGS = Words(
    "Har kommit efter klockan tio fyra dagar av fem sedan höstlovet. I september var det en dag i veckan.",
    "Ligger vaken länge på kvällarna och kommer inte upp när föräldrarna har gått till jobbet.",
    "Någon som kan vara med hemma på morgnarna de första veckorna, och stöd till föräldrarna i hur kvällen kan se ut.",
    "Senare start måndagar i tre veckor: kom alla tre måndagarna. Mentorn ringer 7.30: hjälpte en vecka.",
    "Jag vill komma. Det är bara att det redan är för sent när jag vaknar.",
)
PEERS = Words(
    "Har inte varit på en hel skoldag på tre veckor. Går hem efter lunch när klassen har grupparbete.",
    "Har varit ensam sedan vännen bytte skola. Säger att det är värst i matsalen och i korridoren.",
    "Samtal med någon utanför skolan, och hjälp att hitta en plats på fritiden.",
    "Egen plats i matsalen med en vuxen. Kuratorn träffar eleven på tisdagar. Kamratstödjare: eleven ville inte.",
    "Det går bra på lektionerna. Det är mellan dem det inte går.",
)
HOME = Words(
    "Frånvaron har gått från enstaka dagar till hälften av tiden på sex veckor. Föräldrarna har själva bett om hjälp.",
    "Tar hand om småsyskonen på morgonen när föräldern arbetar natt.",
    "Stöd till familjen att få ihop morgnarna, så att eleven inte behöver bära dem.",
    "Möte hemma hos familjen. Skjutsning av syskonen med klasskamrats förälder två dagar i veckan: fungerar.",
    "Om jag går så är de ensamma en halvtimme. Det går inte.",
)
SCHOOLWORK = Words(
    "Har lämnat skolan före lektionerna i matematik och svenska varje vecka sedan september.",
    "Ligger efter i två ämnen och säger att det inte är någon idé att försöka ta igen allt.",
    "Någon som arbetar med tilltron till skolan tillsammans med eleven och hemmet medan vi anpassar här.",
    "Specialpedagog två timmar i veckan sedan oktober. Läxhjälp: kom två gånger. Färre uppgifter per vecka: hjälper.",
    "Jag fattar när jag får det förklarat själv. Sen kommer nästa lektion.",
)
STOPPED = Words(
    "Har inte varit i skolan på fyra veckor. Var här en halvtimme i förra veckan, efter att alla hade gått hem.",
    "Går inte ut på dagarna. Svarar på meddelanden på kvällen och vill veta vad klassen gör.",
    "Hembesök och en gemensam plan för vägen tillbaka, med små steg som eleven är med och bestämmer.",
    "Hembesök av mentor två gånger: öppnade andra gången. Uppgifter hem: görs. Egen lärare en timme: har inte gått än.",
    "Jag saknar bilden. Om jag kunde komma in en annan väg så kanske.",
)
PRINCIPLE = Words(
    "Tredje terminen med frånvaro över en fjärdedel. Tidigare insatser har hjälpt några veckor i taget.",
    "Föräldrarna bor på två håll och eleven byter hem mitt i veckan. Frånvaron ligger dagarna efter bytet.",
    "Samtal med båda föräldrarna tillsammans om hur veckan kan hänga ihop.",
    "Samma väckning i båda hemmen: båda sa ja, hann inte börja. Möte med en förälder i taget.",
    "Jag glömmer alltid något hos den andra. Då är det lättare att stanna.",
)
MOVED_HERE = Words(
    "Började hos oss i augusti och har varit här knappt hälften av dagarna. Mönstret fanns på förra skolan också.",
    "Känner ingen i klassen ännu och har lång resväg sedan familjen flyttade.",
    "Stöd till familjen i det nya, och någon som kan följa med de första morgnarna.",
    "Fadder i klassen: fungerar bra de dagar eleven är här. Resekort och provresa med kuratorn.",
    "Det är rätt okej när jag väl är där.",
)
QUIET = Words(
    "Anmäld sjuk enstaka dagar varje vecka hela terminen. Alltid samma veckodagar.",
    "Säger att det gör ont i magen på morgonen. Skolsköterskan har träffat eleven, med hemmets vetskap.",
    "Hjälp att förstå vad som gör morgnarna svåra, med hela familjen.",
    "Lugn start i biblioteket: kom fem gånger av åtta. Samtal med hemmet varje fredag.",
    "Det släpper vid tio. Då har jag redan blivit hemma.",
)
YOUNG = Words(
    "Åtta år och borta en dag i veckan sedan skolstarten. Gråter vid grinden de andra.",
    "Vill inte gå från föräldern på morgonen. Lugnar sig efter en kvart när föräldern har gått.",
    "Råd och stöd till föräldern i hur morgonen kan se ut, gärna hemma.",
    "Samma vuxen möter vid grinden varje dag. Bilder över dagen. Kortare dag i två veckor: kom alla dagar.",
    "Mamma behöver mig hemma.",
)
ALL_WORDS = (MORNINGS, PEERS, HOME, SCHOOLWORK, STOPPED, PRINCIPLE, MOVED_HERE, QUIET)
