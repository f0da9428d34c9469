"""What more happens in the world of the wall than its stories tell: meetings, disagreements, advice, deviations."""

from __future__ import annotations

from uuid import uuid4

from django.utils import timezone

from accounts.models import Membership
from cases.actions import objections, oversight
from cases.models import Consultation, Deviation, JointMeeting, Objection, Obligation
from tests.factories.cases import Cast, Story


def meet(story: Story) -> None:
    """Let the two sides meet once, and once not."""
    common = {
        "case": story.case, "referral": story.referral, "calling_unit": story.case.school_unit,
        "called_unit": story.referral.to_unit, "question": "x", "where": "x", "times": [story.at],
        "family_invited": False, "why_not_invited": "x", "called_at": story.at, "called_by": story.cast.counsellor,
    }  # fmt: skip
    JointMeeting.objects.create(status="declined", refusal="x", instead="x", **common)
    JointMeeting.objects.create(
        status="held", chosen_at=story.at, held_on=story.today, decisions="x", held_by=story.cast.counsellor, **common
    )


def disagree(story: Story) -> None:
    """Let the unit tell its side of what was lifted, and the two managers differ: it goes up to a coordinator."""
    cast, objection = story.cast, Objection.objects.get(referral=story.referral)
    objections.write_other_version(objection=objection, text="x", by=cast.worker, at=story.at)
    for by, answer in ((cast.area_manager, "yes_with_conditions"), (cast.area_head, "no_stands")):
        asked = Obligation.objects.open().filter(kind="answer_objection", case=story.case).held_by(by.unit)
        oversight.answer_lift(
            obligation=asked.get(), answer=answer, reason="x", conditions="x", next_task="x", next_on=story.days(3),
            next_unit=story.case.school_unit, by=by, at=story.at,
        )  # fmt: skip


def consult(cast: Cast, asked: Membership) -> None:
    """Let the counsellor ask for advice without a name, once answered and once not."""
    for answered in (True, False):
        one = Consultation.objects.create(
            school_unit=cast.counsellor.unit, to_unit=asked.unit, question="x", asked_at=timezone.now(),
            asked_by=cast.counsellor, due_on=timezone.localdate(), submission=uuid4(),
        )  # fmt: skip
        if answered:
            Consultation.objects.filter(pk=one.pk).update(
                answer="x", advice="none", answered_at=timezone.now(), answered_by=asked
            )


def deviate(story: Story) -> None:
    """Let each side register what went wrong, the one answered and the other not."""
    school, team = story.case.school_unit, story.referral.to_unit
    common = {"case": story.case, "kind": "other", "happened": "x", "consequence": "x", "remedy": "x",
              "registered_at": story.at, "due_on": story.today}  # fmt: skip
    Deviation.objects.create(
        from_unit=school, about_unit=team, registered_by=story.cast.counsellor, submission=uuid4(), **common
    )
    Deviation.objects.create(
        from_unit=team, about_unit=school, registered_by=story.cast.worker, submission=uuid4(), response="x",
        responded_at=story.at, responded_by=story.cast.principal, **common,
    )  # fmt: skip
