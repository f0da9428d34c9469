"""The calendar: a school's breaks, which clocks rest in them, and the summer."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from accounts.access import MemberRequest
from accounts.models import Membership, Unit
from accounts.roles import Side
from cases.breaks import summer_of
from cases.models import Case
from cases.resting import clocks_in_school_days, clocks_in_working_days, clocks_that_never_rest, school_year_of
from schools.models import School
from schools.regional_pattern import school_year_name


def calendar(request: MemberRequest) -> HttpResponse:
    """Show what rests when this school year at a school: the reader's own, or one whose open cases the reader has."""
    today = timezone.localdate()
    schools = _schools_of(request.membership).select_related("unit", "provider")
    wanted = request.GET.get("school", "")
    school = get_object_or_404(schools, school_unit_code=wanted) if wanted else schools.first()
    year = school_year_of(school, today)
    return render(
        request,
        "cases/calendar.html",
        {
            "school": school,
            "schools": schools,
            "year": year,
            "name": school_year_name(year.first_year),
            "today": today,
            "now": year.now(today),
            "summer": summer_of(school, year.first_year + 1) if school else None,
            "in_school_days": clocks_in_school_days(),
            "in_working_days": clocks_in_working_days(),
            "never_resting": clocks_that_never_rest(),
        },
    )


def _schools_of(reader: Membership) -> QuerySet[School]:
    """Return the schools of the reader's unit and those below it, or on the social side those of the open cases."""
    if reader.side == Side.SCHOOL:
        return School.objects.filter(unit__in=Unit.objects.below(reader.unit).order_by())
    if reader.side == Side.SOCIAL:
        return School.objects.filter(unit__in=Case.objects.open().visible_to(reader).order_by().values("school_unit"))
    return School.objects.none()
