"""Names for invented people, from the many places Stockholmers come from. Nobody here exists."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random


@dataclass(frozen=True)
class Tradition:
    """Given names of children and of their parents, and family names that go with them."""

    weight: int
    children: tuple[str, ...]
    parents: tuple[str, ...]
    families: tuple[str, ...]


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


# The same mix at every school: where somebody comes from says nothing about who is absent.
TRADITIONS = (
    Tradition(
        46,
        _names(
            "Alma Alice Astrid Ebba Edvin Elias Ella Ellen Elsa Emil Ester Filip Freja Frans Greta Gustav Hedda Hugo "
            "Ida Isak Iris Ivar Juni Klara Linn Lo Love Ludvig Majken Malte Märta Nils Nora Olle Otto Saga Selma "
            "Sigrid Signe Siri Sixten Stella Svante Tage Tilde Tyra Vera Vide Viggo Vilgot Wilma Ylva Åke Älva"
        ),
        _names(
            "Anna Anders Camilla Daniel Elisabet Fredrik Hanna Helena Johan Jenny Karin Kristian Linda Magnus Malin "
            "Maria Mattias Mikael Peter Petra Robert Sofia Stefan Therese Ulf Åsa"
        ),
        _names(
            "Almberg Asplund Björkdal Blomgård Dahlvik Edholm Ekdal Eklöv Fagerlind Forsdal Granvik Hagström "
            "Hasselgård Hedvall Holmdal Högdal Kvarnby Kvistlund Källgård Lindtorp Ljungdahl Lundvik Lönnvall "
            "Malmtorp Näsbrink Norrdal Rönnvik Sandvall Sjödal Skogvall Solberg Stenvik Strandvall Sundtorp Tallgård "
            "Törnvall Vallin Vikdal Wikberg Åbrink Ängdahl Öhrling"
        ),
    ),
    Tradition(
        9,
        _names("Abdi Ayaan Amina Ayub Deeqa Faduma Hodan Ilyas Khadra Liban Mahad Nasra Sagal Sumaya Yasir Zakariye"),
        _names("Abdirahman Asha Farah Fowsiya Hassan Ifrah Mohamud Nimco Sahra Yusuf"),
        _names("Abdinoor Ahmedey Barrow Dahirey Farole Gedow Hirsiye Jamacow Mahadey Nuurow Samatow Warfaay"),
    ),
    Tradition(
        10,
        _names("Adam Aya Dana Elias Farah Hadi Jana Karam Lamar Layth Malak Mariam Nour Omar Rana Sami Tala Yara Zain"),
        _names("Ahmad Basima Dalia Ghassan Hanan Imad Khaled Lubna Nadia Rami Samer Wafa"),
        _names("Al-Bayati Al-Dori Attar Barazi Chamoun Daher Haddadin Jabbouri Kassab Mansouri Najjar Rahhal Sabbagh"),
    ),
    Tradition(
        8,
        _names("Arda Aras Berfin Defne Deniz Dilan Elif Emre Evin Helin Kerem Lara Mert Mira Ronî Rojin Yusuf Zilan"),
        _names("Ali Aysel Baran Derya Fatma Gülay Hasan Leyla Murat Nurcan Sevgi Şükrü"),
        _names("Akdere Aydemir Bozdağ Çelebik Demirtaş Gültepe Karadere Özdal Polatlı Sarıkaya Tekdal Yıldızhan"),
    ),
    Tradition(
        6,
        _names("Abel Bana Danait Eden Feven Filmon Hermon Luwam Merhawi Naher Rahwa Robel Saron Yonatan"),
        _names("Abraham Almaz Berhane Freweini Genet Haile Letebrhan Tesfay Tsegay Zewdi"),
        _names("Asgedom Berhanom Fessehay Gebreab Habtezion Kidanu Mehretab Negashu Teklemar Woldeyes"),
    ),
    Tradition(
        6,
        _names("Anahita Arvin Bahar Daria Darius Kian Mina Navid Nika Parsa Roya Shirin Sina Yasmin"),
        _names("Ali-Reza Azar Behrouz Farideh Kamran Ladan Mehdi Nasrin Reza Soheila"),
        _names("Ahadpour Bagherian Danaei Farzan Golzari Kazemian Mohajerpour Nikfar Rahimpour Sohrabian"),
    ),
    Tradition(
        5,
        _names("Aleksander Antoni Hanna Jakub Julia Kacper Lena Maja Mateusz Natalia Oliwia Szymon Zofia Zuzanna"),
        _names("Agnieszka Beata Dariusz Ewa Jolanta Krzysztof Marek Piotr Renata Tomasz"),
        _names("Borowiak Dąbek Gajowy Jaworek Kalinka Lipowiec Malicki Nowina Sosnowicz Wierzbak"),
    ),
    Tradition(
        5,
        _names("Alejandra Bruno Camila Diego Emilia Gabriel Joaquín Lucía Mateo Paloma Sofía Tomás Valentina"),
        _names("Andrés Carmen Claudia Hernán Jorge Marisol Patricio Rosa Sergio Verónica"),
        _names("Aravena Bustamar Cifuentes Espinal Fuentealba Lagos Montecinos Oyarzo Quilodrán Valdebenito"),
    ),
    Tradition(
        5,
        _names("Aino Eino Elina Helmi Iida Kaisa Leo Onni Sanni Sisu Toivo Väinö"),
        _names("Anneli Heikki Jari Marja Mikko Päivi Riitta Timo"),
        _names("Ahokoski Hietala Kallioniemi Koivusaari Lehtovaara Mäkiharju Niittylä Rantakoski Salmenpää Uusikylä"),
    ),
)
WEIGHTS = [tradition.weight for tradition in TRADITIONS]


@dataclass(frozen=True)
class Family:
    """One invented family: a child and its parents."""

    given_name: str
    family_name: str
    parents: tuple[tuple[str, str], ...]


def invent_family(luck: Random) -> Family:
    """Return an invented child with one or two parents; one in five children has two family names to choose between."""
    tradition = luck.choices(TRADITIONS, WEIGHTS)[0]
    family_name = luck.choice(tradition.families)
    other_name = luck.choice(tradition.families) if luck.random() < 0.2 else family_name
    first, second = luck.sample(tradition.parents, 2)
    parents = ((first, family_name), (second, other_name))
    return Family(luck.choice(tradition.children), family_name, parents[:1] if luck.random() < 0.22 else parents)


def invent_colleague(luck: Random) -> tuple[str, str]:
    """Return an invented member of staff: given and family name."""
    tradition = luck.choices(TRADITIONS, WEIGHTS)[0]
    return luck.choice(tradition.parents), luck.choice(tradition.families)
