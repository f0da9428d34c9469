"""When the child's time began: the first signal or concern of the present trouble."""

from datetime import date

from deadlines.months import add_months
from deadlines.stockholm import stockholm_day
from schools.models import Pupil

from .models import Concern, Signal

MONTHS_BACK = 12


def earliest_child_time(pupil: Pupil, today: date) -> date | None:
    """Return the day of the pupil's first signal or concern in the last 12 months, None without any."""
    since = add_months(today, -MONTHS_BACK)
    signal = Signal.objects.filter(pupil=pupil, crossed_on__range=(since, today)).order_by("crossed_on").first()
    concern = Concern.objects.filter(pupil=pupil, logged_at__date__range=(since, today)).order_by("logged_at").first()
    days = [signal.crossed_on] if signal else []
    if concern:
        days.append(stockholm_day(concern.logged_at))
    return min(days, default=None)
