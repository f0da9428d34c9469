"""What sources write about protected identity, and that whatever is not plainly none is protection."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schools.models import Protection
from schools.protection import (
    PLAINLY_NONE,
    is_about_protection,
    is_earlier_identity,
    is_marked,
    new_alias,
    read_protection,
)

FLAG = Protection.SECRECY_FLAG
REGISTERED = Protection.PROTECTED_REGISTRATION
FICTITIOUS = Protection.FICTITIOUS_IDENTITY

SPELLINGS = {
    # Plainly none
    **dict.fromkeys(
        ["", " ", "\t", "\u00a0", "N", "n", " N ", "Nej", "NEJ", "nej ", "0", "false", "FALSE", "Ingen", "ingen",
         "none"],
        Protection.NONE,
    ),
    # Yes, without saying which kind
    **dict.fromkeys(["1", "J", "Ja", "JA", "ja ", "true", "X", "x", "S", "Y", "yes", "2", "-1"], FLAG),
    # Words that look like none and are not in the list
    **dict.fromkeys(
        ["no", "-", "--", "inget", "saknas", "null", "N/A", "?", ".", "00", "0.0", "nix", "Nej?", "Ej"], FLAG
    ),
    # The secrecy flag
    **dict.fromkeys(
        ["Sekretessmarkering", "SEKRETESSMARKERAD", "Sekretess", "sekr.markering", "Skyddad", "Skyddad identitet",
         "Skyddade personuppgifter", "Skyddad adress", "skyddad-identitet", "secrecy", "Protected"],
        FLAG,
    ),
    # Protected registration, formerly kvarskrivning
    **dict.fromkeys(
        ["Skyddad folkbokföring", "skyddad folkbokforing", "SKYDDAD FOLKBOKFÖRING", "SkyddadFolkbokföring",
         "Skyddad_folkbokföring", "Kvarskrivning", "kvarskriven", "Skyddad fbf", "Sekretess/kvarskrivning",
         "protected registration"],
        REGISTERED,
    ),
    # A new identity is the strongest, also when several are named
    **dict.fromkeys(
        ["Fingerade personuppgifter", "fingerad", "FINGERAD IDENTITET", "Fiktiv identitet", "ny identitet",
         "Fingerad (tidigare skyddad folkbokföring)", "fictitious identity"],
        FICTITIOUS,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind"), SPELLINGS.items())
def test_each_spelling_is_read_as_its_kind(text, kind):
    assert read_protection(text) == kind


def test_the_table_is_long_enough():
    assert len(SPELLINGS) >= 60


@given(st.text())
def test_anything_not_plainly_none_is_protection(text):
    is_none = read_protection(text) == Protection.NONE

    assert not is_none or text.strip().casefold() in PLAINLY_NONE or not text.strip() or len(text) <= 12


@pytest.mark.parametrize(
    "heading",
    ["Sekretess", "sekretessmarkering", "Skydd", "Skyddad", "Skyddsstatus", "securityMarking", "SecurityMarking",
     "Protected", "Skyddad identitet (J/N)", "Elev sekretess", "Sekr", "Kvarskriven", "Fingerade uppgifter"],
)  # fmt: skip
def test_headings_about_protection_are_known(heading):
    assert is_about_protection(heading)


@pytest.mark.parametrize("heading", ["Personnummer", "Klass", "Skolsekreterare", "Ämne", "Giltig", "Markering", ""])
def test_other_headings_are_not(heading):
    assert not is_about_protection(heading)


@pytest.mark.parametrize(
    "heading", ["Tidigare personnummer", "Gammalt pnr", "previousCivicNo", "Old name", "Tidigare namn", "f.d. namn"]
)
def test_headings_of_an_earlier_identity_are_known(heading):
    assert is_earlier_identity(heading)


@pytest.mark.parametrize("heading", ["Personnummer", "Namn", "Tidigare skola", "Elevens namn", "Nummer"])
def test_a_present_identity_is_not_an_earlier_one(heading):
    assert not is_earlier_identity(heading)


def test_a_mark_written_as_a_name_is_seen():
    assert is_marked("Skyddad;Identitet")
    assert is_marked("Elev SEKRETESS")
    assert not is_marked("Kask;Alva;7B;Bild")


def test_an_alias_follows_from_nothing():
    aliases = {new_alias() for _ in range(200)}

    assert len(aliases) > 190
    assert all(re.fullmatch(r"[A-Z]-\d{4}", alias) for alias in aliases)
