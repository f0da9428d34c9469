"""The kinds of obligation: who must do what, by when, counted how, and on what ground.

This table is product.md section 6. Times marked as agreed come from the agreement between the authorities and can be
changed; statutory ones can only be shortened. The source of each statutory time stands beside it (docs/law.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.roles import Side
from deadlines.months import add_months
from deadlines.working_days import add_working_days


class Calendar(StrEnum):
    """How days are counted. Never mixed."""

    CALENDAR_DAYS = "calendar_days"
    WORKING_DAYS = "working_days"
    MONTHS = "months"
    GIVEN = "given"


@dataclass(frozen=True)
class Kind:
    """One kind of obligation.

    `days` is counted in `calendar` from the day after the start, the last day included; None when every
    obligation of the kind is given its own date. `rank` decides which of a case's obligations is the ball:
    the lowest. `reading` kinds are listed as things to read.
    """

    code: str
    task: str | Promise
    button: str | Promise
    holder: str | Promise
    side: Side | None
    days: int | None
    calendar: Calendar
    ground: str | Promise
    rank: int = 5
    is_statutory: bool = False
    reading: bool = False

    def due_on(self, started_on: date, days: int | None = None) -> date:
        """Return the last day for an obligation of this kind that starts on `started_on`.

        `days` is a unit's own time (cases/unit_times.py), counted as the kind counts; without it the kind's own holds.
        """
        counted = self.days if days is None else days
        if counted is None:
            raise ValueError(f"{self.code} is always given its own date")
        match self.calendar:
            case Calendar.WORKING_DAYS:
                return add_working_days(started_on, counted)
            case Calendar.MONTHS:
                return add_months(started_on, counted)
            case _:
                return started_on + timedelta(days=counted)

    @property
    def longest(self) -> int:
        """The most that a unit can give it: the law's own time, or twice what is agreed. 0 where no unit can change it.

        Managers on both sides share the time in which they answer what is lifted, so neither sets it.
        """
        if self.days is None or self.code in FROM_ABOVE:
            return 0
        return self.days if self.is_statutory else AGREED_AT_MOST * self.days


class LiftAnswer(TextChoices):
    """What a manager can answer when a disagreement is lifted (product.md section 7)."""

    YES_WITH_CONDITIONS = "yes_with_conditions", _("Yes, with conditions")
    NO_STANDS = "no_stands", _("The no stands")
    JOINT_MEETING = "joint_meeting", _("Joint meeting")
    SHARED = "shared", _("Shared responsibility")


AGREED = _("Agreement between school and social services")

AGREED_AT_MOST = 2
"""How many times as long as agreed a unit can make a time of its own: longer is a new agreement, not a setting."""

LIFT = "answer_objection"
"""The obligation of a manager to whom a disagreement is lifted."""

PLACE = "place_request"
"""The obligation of a coordinator: a request is sent on for the second time."""

FROM_ABOVE = frozenset({LIFT, PLACE})
"""What is decided by those who take no part in the case: it lets them in by itself."""

PLAN_AUTUMN = "plan_autumn"
AUTUMN_CONTACT = "autumn_contact"
"""Before the summer every open case gets a plan for the autumn: who makes the first contact, and when (law.md P15)."""

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind(
            "acknowledge_request", _("Acknowledge the request"), _("Acknowledge"), _("receiving unit"),
            Side.SOCIAL, 2, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            "answer_request", _("Answer the request"), _("Answer"), _("named handler"),
            Side.SOCIAL, 10, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            "answer_question", _("Answer the question"), _("Answer"), _("school"),
            Side.SCHOOL, 5, Calendar.WORKING_DAYS, AGREED, rank=1,
        ),
        Kind(
            "take_over", _("Take over the redirected request"), _("Acknowledge"), _("unit redirected to"),
            Side.SOCIAL, 2, Calendar.WORKING_DAYS, AGREED, rank=4,
        ),
        Kind(
            "first_contact", _("Make the first contact"), _("Record the contact"), _("handler"),
            Side.SOCIAL, 5, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            "try_again", _("Try again with the pupil"), _("Record the try"), _("handler"),
            Side.SOCIAL, None, Calendar.GIVEN, AGREED, rank=4,
        ),
        Kind(
            "give_feedback", _("Give feedback to the school"), _("Give feedback"), _("handler"),
            Side.SOCIAL, 14, Calendar.CALENDAR_DAYS, AGREED, rank=4,
        ),
        Kind(
            "acknowledge_feedback", _("Acknowledge the feedback"), _("Acknowledge"), _("receiving side"),
            Side.SCHOOL, 2, Calendar.WORKING_DAYS, AGREED, rank=6, reading=True,
        ),
        Kind(
            "respond_to_no", _("Respond to the no"), _("Respond"), _("school"),
            Side.SCHOOL, 5, Calendar.WORKING_DAYS, AGREED, rank=1,
        ),
        Kind(
            "do_next_step", _("Do the next step"), _("Record the step"), _("the next holder named"),
            None, None, Calendar.GIVEN, AGREED, rank=3,
        ),
        Kind(
            "check_advice", _("Check the attendance: did it help?"), _("Check"), _("school"),
            Side.SCHOOL, None, Calendar.GIVEN, AGREED, rank=5,
        ),
        Kind(
            "answer_objection", _("Answer what was lifted to managers"), _("Answer"), _("both managers"),
            None, 5, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            PLACE, _("Decide which unit takes the request"), _("Choose the unit"), _("coordinator"),
            None, 5, Calendar.WORKING_DAYS, AGREED, rank=1,
        ),
        Kind(
            "follow_up", _("Follow up together"), _("Record the step"), _("holder named at the meeting"),
            None, None, Calendar.GIVEN, AGREED, rank=3,
        ),
        Kind(
            "answer_consultation", _("Answer a consultation without a name"), _("Answer"), _("the unit that is asked"),
            Side.SOCIAL, 3, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            "answer_call", _("Answer the call to a joint meeting"), _("Answer"), _("the unit that is called"),
            None, 5, Calendar.WORKING_DAYS, AGREED, rank=2,
        ),
        Kind(
            "hold_meeting", _("Hold the joint meeting"), _("Write the decisions"), _("the unit that called it"),
            None, None, Calendar.GIVEN, AGREED, rank=3,
        ),
        Kind(
            "call_meeting", _("Call a joint meeting about the no"), _("Call"), _("the unit that said no"),
            Side.SOCIAL, None, Calendar.GIVEN, AGREED, rank=4,
        ),
        Kind(
            "confirm_receipt_of_report", _("Confirm that the report has arrived"), _("Confirm"), _("intake"),
            Side.SOCIAL, 0, Calendar.CALENDAR_DAYS, "SoL 2025:400", rank=1, is_statutory=True,
        ),
        Kind(
            "assess_protection", _("Assess the need of protection at once"), _("Assess"), _("intake"),
            Side.SOCIAL, 0, Calendar.CALENDAR_DAYS, "SoL 20:1", rank=1, is_statutory=True,
        ),
        Kind(
            "decide_open_or_not", _("Decide whether to open an investigation"), _("Decide"), _("intake"),
            Side.SOCIAL, 14, Calendar.CALENDAR_DAYS, "SoL 20:2", rank=1, is_statutory=True,
        ),
        Kind(
            "inform_reporter", _("Inform the reporter"), _("Inform"), _("intake"),
            Side.SOCIAL, 7, Calendar.CALENDAR_DAYS, "SoL 19:6", rank=1, is_statutory=True,
        ),
        Kind(
            "finish_investigation", _("Finish the investigation"), _("Finish"), _("social services"),
            Side.SOCIAL, 4, Calendar.MONTHS, "SoL 20:3", rank=3, is_statutory=True,
        ),
        Kind(
            "call_joint_meeting", _("Call a joint meeting: the third report in twelve months"), _("Record the meeting"),
            _("intake"), Side.SOCIAL, 10, Calendar.WORKING_DAYS, AGREED, rank=3,
        ),
        Kind(
            "accept_handover", _("Accept the handover"), _("Accept"), _("receiving school or office"),
            None, 5, Calendar.WORKING_DAYS, "Skollagen 3:12 j", rank=3,
        ),
        Kind(
            "check_after_closing", _("Check how it went"), _("Record the check"), _("school"),
            Side.SCHOOL, None, Calendar.GIVEN, AGREED, rank=5,
        ),
        Kind(
            PLAN_AUTUMN, _("Plan the start of the autumn term"), _("Plan"), _("school"),
            Side.SCHOOL, None, Calendar.GIVEN, AGREED, rank=6,
        ),
        Kind(
            AUTUMN_CONTACT, _("Make the first contact of the autumn"), _("Record the contact"),
            _("the unit named in the autumn plan"), None, None, Calendar.GIVEN, AGREED, rank=3,
        ),
        Kind(
            "review_stalled", _("Decide the next step"), _("Set the next step"), _("unit head"),
            None, 5, Calendar.WORKING_DAYS, AGREED, rank=7,
        ),
    )
}  # fmt: skip

NET = "review_stalled"
"""The obligation that catches a case which would otherwise have no next step."""

OF_REPORTS = frozenset(
    {
        "confirm_receipt_of_report", "assess_protection", "decide_open_or_not", "inform_reporter",
        "finish_investigation", "call_joint_meeting",
    }
)  # fmt: skip
"""What only an intake office has to do: with concern reports."""

TRY_AGAIN = "try_again"
"""The obligation of a unit that began in another way, since the pupil did not want to yet."""

ALLOCATED = ("acknowledge_request", "answer_request", "take_over", "first_contact", "give_feedback", TRY_AGAIN)
"""What the receiving unit can hold about a request, and one of its people can be chosen for."""

LIFT_DAYS = {"heads": 5, "district": 10, "city": 20}
"""Working days in which each level answers what was lifted to it (product.md section 7)."""

CONSULTATION = "answer_consultation"
"""To answer a question that names nobody. Outside the ledger: there is no case to hold it in."""

CALL_MEETING = "call_meeting"
"""The obligation of a unit that said no for the school's responsibility, where the school reads that reason."""

ANSWER_CALL = "answer_call"
HOLD_MEETING = "hold_meeting"
"""A joint meeting waits for its answer, and then for its day."""

STEPS = ("do_next_step", "follow_up", TRY_AGAIN, AUTUMN_CONTACT)
"""The obligations that are fulfilled by recording what was done and naming the next step."""

CHECK = "check_advice"
"""The obligation of a school that follows the advice of a no: to see whether the attendance became better."""

CHECK_AFTER = timedelta(weeks=3)
"""How long after the step's own date the attendance is looked at (screens.md (i)): calendar weeks."""

LONGEST_PAUSE = 10
"""Working days an agreed clock may rest, once (product.md section 6)."""

LONGEST_QUEUE = 20
"""Days a request may wait in a queue before the coordinator sees it (law.md 6.1): counted as working days, since social
services know no school's calendar."""

DATE_CHANGES = 2
"""How many times a date may be moved before only handing over or lifting remains (screens.md (j))."""

REMIND_EVERY_DAYS = 3
"""Calendar days between two reminders in one case (screens.md (j))."""
