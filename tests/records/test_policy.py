"""docs/retention.toml is read strictly, and covers everything that is about a person."""

import copy
import tomllib
from datetime import date

import pytest

from records.policy import Rule, WrongPolicy, faults_of, load_policy
from tests.architecture.sources import ROOT
from tests.architecture.test_personal_data import PERSONAL, register


@pytest.fixture
def told():
    return tomllib.loads((ROOT / "docs" / "retention.toml").read_text(encoding="utf-8"))


def test_policy_has_no_faults(told):
    assert list(faults_of(told)) == []
    assert len(load_policy().rules) == len(told["rule"])


def test_every_table_with_personal_data_has_a_rule_or_a_reason():
    personal = {name for name, entry in register()["tables"].items() if PERSONAL & entry.keys()}

    assert personal - load_policy().tables == set()


def test_no_reason_is_given_for_what_a_rule_erases():
    policy = load_policy()
    erased = {step.table for rule in policy.rules for step in rule.erase if not step.columns}

    assert not erased & policy.kept.keys()


def rule_of(told, name):
    return next(rule for rule in told["rule"] if rule["name"] == name)


@pytest.mark.parametrize(
    ("rule", "changed", "words"),
    [
        ("signals", {"compartment": "police"}, "no compartment"),
        ("signals", {"subject": "ghost"}, "no subject"),
        ("signals", {"counts_from": "full_moon"}, "counts from enrolment_ended"),
        ("signals", {"source": "hearsay"}, "no source"),
        ("signals", {"years": -1}, "whole numbers"),
        ("signals", {"years": 0}, "says no time"),
        ("signals", {"colour": "red"}, "is not known"),
        ("signals", {"erase": []}, "names no known table"),
        ("signals", {"erase": [{"table": "attendance.dream", "by": "pk"}]}, "names no known table"),
        ("signals", {"erase": [{"table": "attendance.signal", "by": "pk", "why": "x"}]}, "unknown word"),
        ("signals", {"erase": [{"table": "attendance.signal", "by": "dream"}]}, "does not lead to"),
        ("signals", {"erase": [{"table": "attendance.concern", "by": "pk"}]}, "does not lead to"),
        ("signals", {"erase": [{"table": "attendance.signal"}]}, "does not fit"),
        ("signals", {"erase": [{"table": "attendance.signal", "by": "pk", "columns": {"dream": ""}}]}, "no column"),
        ("absence", {"erase": [{"table": "attendance.attendanceday", "by": "pupil", "within": "x"}]}, "no column"),
        ("absence", {"erase": [{"table": "attendance.attendanceday", "by": "pupil"}]}, "does not fit"),
        ("case_at_school", {"erase": [{"table": "cases.party", "by": "case", "side": "moon"}]}, "is unknown"),
        ("case_at_school", {"erase": [{"table": "cases.case", "by": "pk", "side": "school"}]}, "has no unit"),
        ("case_at_social", {"finished": "some day"}, "is no last day"),
        ("case_at_social", {"subject": "case_at_school", "counts_from": "case_closed"}, "two rules have the subject"),
    ],
)
def test_fault_in_the_policy_is_found(told, rule, changed, words):
    broken = copy.deepcopy(told)
    rule_of(broken, rule).update(changed)

    assert any(words in fault for fault in faults_of(broken))


def test_missing_word_table_without_reason_and_unknown_part_are_found(told):
    del rule_of(told, "signals")["source"]
    told["kept"]["moon.stone"] = "because it has always been kept"
    told["planned"].append({"record": "Something"})
    told["extra"] = {}

    faults = "\n".join(faults_of(told))

    assert "signals: “source” is missing" in faults
    assert "kept moon.stone" in faults
    assert "planned “Something”" in faults
    assert "“extra” is not a part" in faults


def test_wrong_file_is_refused(tmp_path):
    file = tmp_path / "retention.toml"
    file.write_text('[[rule]]\nname = "x"\n')

    with pytest.raises(WrongPolicy, match="x: “compartment” is missing"):
        load_policy(file)


def rule(name: str) -> Rule:
    return next(rule for rule in load_policy().rules if rule.name == name)


def test_social_file_of_an_investigated_child_is_kept_until_thirty():
    social = rule("case_at_social")

    assert social.erasable_from(date(2026, 11, 25)) == date(2031, 11, 26)
    assert social.erasable_from(date(2026, 11, 25), date(2014, 2, 28)) == date(2044, 2, 28)
    assert social.erasable_from(date(2040, 11, 25), date(2014, 2, 28)) == date(2045, 11, 26)


def test_only_where_the_law_sets_a_last_day_there_is_one():
    assert rule("case_at_social").to_be_done_by(date(2031, 11, 26)) == date(2032, 12, 31)
    assert rule("case_at_school").to_be_done_by(date(2031, 11, 26)) is None
