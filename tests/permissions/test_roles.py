"""Which authority a unit belongs to, and which roles it can have: product.md section 2, said once more."""

from accounts.roles import MANAGERS, ROLES_IN, Role, Side, UnitKind

HELD = {
    UnitKind.SCHOOL: "mentor student_health principal school_admin log_auditor",
    UnitKind.SCHOOL_AREA: "unit_head log_auditor",
    UnitKind.INTAKE: "intake_worker unit_head",
    UnitKind.TEAM: "team_worker unit_head",
    UnitKind.SOCIAL_AREA: "unit_head coordinator log_auditor",
    UnitKind.CITY: "coordinator analyst log_auditor system_admin",
}


def test_each_kind_of_unit_has_its_roles():
    assert {kind: {str(role.value) for role in roles} for kind, roles in ROLES_IN.items()} == {
        kind: set(roles.split()) for kind, roles in HELD.items()
    }


def test_each_kind_of_unit_belongs_to_one_authority():
    sides = {kind: kind.side for kind in UnitKind}

    assert sides == {
        UnitKind.SCHOOL: Side.SCHOOL,
        UnitKind.SCHOOL_AREA: Side.SCHOOL,
        UnitKind.INTAKE: Side.SOCIAL,
        UnitKind.TEAM: Side.SOCIAL,
        UnitKind.SOCIAL_AREA: Side.SOCIAL,
        UnitKind.CITY: Side.CITY,
    }
    assert set(Side) == set(sides.values())


def test_principals_and_heads_answer_for_their_unit():
    assert {Role.PRINCIPAL, Role.UNIT_HEAD} == MANAGERS
