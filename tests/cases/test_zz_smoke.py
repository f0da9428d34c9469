import pytest
from django.urls import reverse
from tests.factories.cases import STATES, a_case, make_cast
pytestmark = pytest.mark.django_db

@pytest.mark.parametrize("state", STATES)
def test_smoke(client, state):
    story = a_case(state)
    cast = story.cast
    bad = []
    for who in ("worker", "head", "area_head", "counsellor", "principal", "area_manager", "coordinator"):
        client.force_login(getattr(cast, who).user)
        urls = [reverse("cases:inbox")+"?show="+t for t in ("acknowledge","assess","waiting","working","done")]
        urls += [reverse("cases:stalled_list")]
        for ref in story.case.referrals.all():
            urls += [reverse(f"cases:{n}", args=[ref.pk]) for n in "assess_request accept_request ask_question redirect_request decline_request allocate_request record_first_contact give_feedback complete_work interrupt_work".split()]
        for o in story.case.obligations.all():
            urls += [reverse(f"cases:{n}", args=[o.pk]) for n in "set_next_step record_step answer_lift hand_over pause resume move_date say_no_change".split()]
        urls += [reverse("cases:lift_case", args=[story.case.pk])]
        for u in urls:
            r = client.get(u)
            if r.status_code not in (200, 403, 404, 409):
                bad.append((who, u, r.status_code))
    assert not bad
