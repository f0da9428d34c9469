"""Every rule about consent, row by row: law.md C14-C16 and 3.1-3.3."""

from __future__ import annotations

import pytest

from cases.consent_law import PARAGRAPH, Lack, Says, Situation, Way, What, Who, judge

Y, N, A, R, X = Says.YES, Says.NO, Says.NOT_ASKED, Says.NOT_REACHABLE, Says.NONE
TEAM, APPLIED, TREATMENT = What.UNASSESSED_SERVICE, What.ASSESSED_SERVICE, What.OPEN_CARE_TREATMENT
G1, G2, P = Who.GUARDIAN_1, Who.GUARDIAN_2, Who.PUPIL
ENOUGH = ""

# What, age, guardian 1, guardian 2, pupil -> whose consent is missing; "!" for a refusal, "?" for nobody.
TABLE = [
    # Under 15 a service without assessment needs the guardians (SoL 21:2); two with custody decide together (FB 6:13).
    (TEAM, 7, Y, X, A, ENOUGH),
    (TEAM, 7, Y, Y, A, ENOUGH),
    (TEAM, 7, Y, A, A, "2"),
    (TEAM, 7, A, Y, A, "1"),
    (TEAM, 7, A, A, A, "1 2"),
    (TEAM, 7, Y, N, A, "2!"),
    (TEAM, 7, N, Y, A, "1!"),
    (TEAM, 7, N, N, A, "1! 2!"),
    (TEAM, 7, N, X, A, "1!"),
    (TEAM, 7, A, X, A, "1"),
    (TEAM, 7, Y, R, A, "2"),
    (TEAM, 7, R, R, A, "1 2"),
    (TEAM, 7, X, X, A, "?"),
    (TEAM, 7, X, X, Y, "?"),
    (TEAM, 11, Y, Y, N, ENOUGH),  # under 12 the guardians have the say
    (TEAM, 11, N, N, Y, "1! 2!"),
    (TEAM, 12, Y, Y, A, ENOUGH),
    (TEAM, 12, Y, Y, Y, ENOUGH),
    (TEAM, 12, Y, Y, N, "p!"),  # a child of age and maturity has a say of its own (OSL 12:3)
    (TEAM, 12, Y, X, N, "p!"),
    (TEAM, 13, Y, N, Y, "2!"),  # the pupil's yes does not stand in for a guardian before 15
    (TEAM, 13, Y, N, A, "2!"),
    (TEAM, 13, A, N, Y, "1 2!"),
    (TEAM, 14, N, N, Y, "1! 2!"),
    (TEAM, 14, Y, A, Y, "2"),
    (TEAM, 14, Y, Y, Y, ENOUGH),
    # From 15 the pupil agrees alone, if suitable (SoL 21:2).
    (TEAM, 15, A, A, Y, ENOUGH),
    (TEAM, 15, N, N, Y, ENOUGH),
    (TEAM, 15, R, R, Y, ENOUGH),
    (TEAM, 15, X, X, Y, ENOUGH),
    (TEAM, 15, Y, Y, A, "p"),
    (TEAM, 15, Y, Y, N, "p!"),
    (TEAM, 15, Y, N, N, "p!"),
    (TEAM, 16, N, X, Y, ENOUGH),
    (TEAM, 17, A, A, A, "p"),
    (TEAM, 17, Y, Y, R, "p"),
    # From 18 nobody has custody.
    (TEAM, 18, X, X, Y, ENOUGH),
    (TEAM, 18, Y, Y, A, "p"),
    (TEAM, 18, N, N, Y, ENOUGH),
    (TEAM, 18, Y, Y, N, "p!"),
    (TEAM, 19, A, A, Y, ENOUGH),
    # An assessed service: under 12 the guardians, 12-14 perhaps the child alone, from 15 the pupil (SoL 21:1).
    (APPLIED, 11, Y, Y, A, ENOUGH),
    (APPLIED, 11, N, Y, Y, "1!"),
    (APPLIED, 11, A, X, Y, "1"),
    (APPLIED, 12, N, N, Y, ENOUGH),
    (APPLIED, 12, A, A, Y, ENOUGH),
    (APPLIED, 12, Y, Y, A, ENOUGH),
    (APPLIED, 12, Y, N, A, "2!"),
    (APPLIED, 13, Y, Y, N, "p!"),
    (APPLIED, 14, R, N, Y, ENOUGH),
    (APPLIED, 15, N, N, Y, ENOUGH),
    (APPLIED, 15, Y, Y, A, "p"),
    (APPLIED, 17, Y, Y, N, "p!"),
    (APPLIED, 18, X, X, Y, ENOUGH),
    # Treatment in open care: the same ages. That the board may go on with one guardian (FB 6:13 a) is no consent.
    (TREATMENT, 9, Y, N, A, "2!"),
    (TREATMENT, 9, Y, Y, A, ENOUGH),
    (TREATMENT, 13, Y, N, A, "2!"),
    (TREATMENT, 13, N, N, Y, ENOUGH),
    (TREATMENT, 16, N, N, Y, ENOUGH),
    (TREATMENT, 16, Y, Y, A, "p"),
]


def written(situation: Situation) -> str:
    """Return what is missing as the table writes it."""
    signs = {G1: "1", G2: "2", P: "p", None: "?"}
    return " ".join(signs[one.who] + "!" * (one.why is Lack.REFUSES) for one in judge(situation).missing)


def test_the_table_has_at_least_sixty_rows_and_none_twice():
    assert len({row[:5] for row in TABLE}) == len(TABLE) >= 60


@pytest.mark.parametrize(("what", "age", "first", "second", "pupil", "missing"), TABLE)
def test_whose_consent_is_missing(what, age, first, second, pupil, missing):
    assert written(Situation(age, what, first, second, pupil)) == missing


# Age, guardian 1, guardian 2, pupil, suitable?, cannot wait?, protected -> missing.
JUDGED = [
    (13, Y, R, A, True, True, (), ENOUGH),  # FB 6:13: the other is prevented and it cannot wait
    (13, R, Y, A, True, True, (), ENOUGH),
    (13, R, R, A, True, True, (), "1 2"),  # somebody must decide
    (13, N, R, A, True, True, (), "1!"),
    (13, Y, N, A, True, True, (), "2!"),  # to refuse is not to be prevented
    (13, Y, A, A, True, True, (), "2"),  # not to have been asked is not either
    (13, Y, R, N, True, True, (), "p!"),
    (12, Y, Y, N, False, False, (), ENOUGH),  # too young, in the writer's judgement, to have a say of its own
    (15, A, A, Y, False, False, (), "1 2"),  # not suitable alone: the guardians as well
    (15, Y, Y, Y, False, False, (), ENOUGH),
    (15, Y, N, Y, False, False, (), "2!"),
    (16, Y, Y, N, False, False, (), "p!"),
    (13, Y, A, A, True, False, (G2,), "2"),  # a protected guardian has custody all the same
    (13, Y, Y, A, True, False, (G2,), ENOUGH),
    (18, N, N, Y, False, False, (), ENOUGH),  # of age: nobody judges suitability
]


@pytest.mark.parametrize(("age", "first", "second", "pupil", "suitable", "urgent", "protected", "missing"), JUDGED)
def test_suitability_urgency_and_protection(age, first, second, pupil, suitable, urgent, protected, missing):
    situation = Situation(age, TEAM, first, second, pupil, suitable, urgent, frozenset(protected))
    assert written(situation) == missing


ALWAYS = {Way.CONSULT, Way.REPORT, Way.SCHOOL_GOES_ON}
WAYS = [
    (Situation(13, TEAM, Y, N, A), {Way.MEET_BOTH, Way.APPLY, Way.TREATMENT_WITH_ONE}),
    (Situation(13, TEAM, N, N, A), {Way.MEET_BOTH, Way.APPLY}),
    (Situation(13, TEAM, N, X, A), {Way.APPLY}),
    (Situation(13, TEAM, N, X, N), set()),
    (Situation(13, TEAM, N, X, A, is_suitable=False), set()),
    (Situation(9, TEAM, Y, N, A), {Way.MEET_BOTH, Way.TREATMENT_WITH_ONE}),
    (Situation(9, TEAM, Y, A, A), {Way.ASK}),
    (Situation(9, TEAM, Y, R, A), {Way.ASK, Way.OTHER_DECIDES_ALONE}),
    (Situation(9, TEAM, Y, A, A, protected=frozenset({G2})), {Way.ASK_THROUGH_THE_OTHER_WAY}),
    (Situation(9, TEAM, A, A, A, protected=frozenset({G2})), {Way.ASK, Way.ASK_THROUGH_THE_OTHER_WAY}),
    (Situation(9, TEAM, X, X, A), set()),
    (Situation(15, TEAM, N, N, A), {Way.ASK, Way.MEET_BOTH, Way.PUPIL_ALONE} - {Way.MEET_BOTH}),
    (Situation(15, TEAM, Y, Y, N), set()),
    (Situation(13, APPLIED, Y, N, A), {Way.MEET_BOTH, Way.TREATMENT_WITH_ONE}),
]


@pytest.mark.parametrize(("situation", "ways"), WAYS)
def test_which_lawful_ways_remain(situation, ways):
    assert set(judge(situation).ways) == ways | ALWAYS


def test_the_mildest_way_comes_first_and_reporting_stands_with_every_missing_consent():
    for situation in (
        Situation(age, what, a, b, p)
        for age in (7, 13, 16)
        for what in What
        for a in (Y, N, A, R)
        for b in (Y, N, X)
        for p in (Y, N, A)
    ):
        verdict = judge(situation)
        assert list(verdict.ways) == [way for way in Way if way in verdict.ways]
        assert verdict.is_enough == (not verdict.missing) == (not verdict.ways)
        assert verdict.is_enough or Way.REPORT in verdict.ways


def test_every_way_names_its_paragraph():
    assert set(PARAGRAPH) == set(Way)
    assert all(PARAGRAPH.values())


# Age, what, suitable? -> who must agree (two guardians with custody), who may agree alone, the paragraph.
RULES = [
    (9, TEAM, True, (G1, G2), (), "SoL 21:2, FB 6:11, 6:13"),
    (14, TEAM, True, (G1, G2), (), "SoL 21:2, FB 6:11, 6:13"),
    (15, TEAM, True, (P,), (P,), "SoL 21:2"),
    (15, TEAM, False, (P, G1, G2), (), "SoL 21:2"),
    (11, APPLIED, True, (G1, G2), (), "SoL 21:1, FB 6:11, 6:13"),
    (12, APPLIED, True, (G1, G2), (P,), "SoL 21:1"),
    (12, APPLIED, False, (G1, G2), (), "SoL 21:1, FB 6:11, 6:13"),
    (15, APPLIED, True, (P,), (P,), "SoL 21:1"),
    (18, TEAM, False, (P,), (P,), "OSL 10:1, 12:2"),
]


@pytest.mark.parametrize(("age", "what", "suitable", "must", "alone", "rule"), RULES)
def test_who_must_agree_who_may_agree_alone_and_by_which_paragraph(age, what, suitable, must, alone, rule):
    verdict = judge(Situation(age, what, is_suitable=suitable))
    assert (verdict.must_agree, verdict.may_agree_alone, verdict.rule) == (must, alone, rule)


@pytest.mark.parametrize("wrong", [{"age": -1}, {"age": 13, "pupil": X}])
def test_a_pupil_there_is_not_is_refused(wrong):
    with pytest.raises(ValueError, match="no such pupil"):
        Situation(**wrong)
