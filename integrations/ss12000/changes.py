"""Carries out changes of a school's register that somebody, or a rule, has said yes to. Nothing is ever removed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import audit.actions
from accounts.models import Membership
from schools.models import ClassGroup, Enrolment, Guardian, Protection, Pupil, PupilIdentifier

from .compare import Change
from .models import RosterChange, SourceClass, SourcePupil, SourceSchool
from .register import NUMBERS, Register

Kind = RosterChange.Kind
ORDER = (Kind.NEW_CLASS, Kind.LINK, Kind.NEW_PUPIL, Kind.CLASS, Kind.NAME, Kind.NUMBER, Kind.GUARDIAN, Kind.END)
AUTOMATIC = (Kind.LINK, Kind.CLASS, Kind.NAME, Kind.END)
"""What may happen without a yes: it concerns pupils who are matched, and makes nothing new."""

MOST_ENDED_PERCENT = 2


class Carrier:
    """Carries out changes in one school, inside the caller's transaction. What is already so is left as it is."""

    def __init__(self, source_school: SourceSchool, *, today: date, at: datetime) -> None:
        self.source_school = source_school
        self.source = source_school.source
        # Changes of one school's register from its source happen in turn.
        SourceSchool.objects.select_for_update(of=("self",)).get(pk=source_school.pk)
        self.school = source_school.school
        self.today = today
        self.at = at
        self.register = Register(source_school, today)
        self.done: Counter[str] = Counter()
        self.touched: set[UUID] = set()

    def carry_out(self, changes: Iterable[Change], *, by: Membership | None) -> dict[str, int]:
        """Carry the changes out, and return how many of each kind had an effect."""
        known = list(changes)
        self.register.read_numbers(change.after["number"] for change in known if change.after.get("number"))
        for kind in ORDER:
            for change in known:
                if change.kind == kind and self._fits(change) and self._one(change):
                    self.done[change.kind] += 1
        if self.done:
            audit.actions.record(
                action="register synchronised",
                target=self.school,
                by=by,
                at=self.at,
                details={"counts": dict(self.done), "pupils": sorted(str(pupil) for pupil in self.touched)},
                authority=self.source_school.school.unit.authority,
            )
        return dict(self.done)

    def _fits(self, change: Change) -> bool:
        """Say whether the pupil may still be changed: one who is protected by now may not."""
        if change.pupil is None:
            return True
        now = Pupil.objects.filter(pk=change.pupil.pk, protection=Protection.NONE).exists()
        return now and (change.kind == Kind.LINK or self.register.links.get(change.key) is not None)

    def _one(self, change: Change) -> bool:
        does = {
            Kind.NEW_CLASS: self._new_class,
            Kind.NEW_PUPIL: self._new_pupil,
            Kind.LINK: lambda one: self._link(one.key, one.pupil),
            Kind.CLASS: self._class,
            Kind.NAME: self._name,
            Kind.NUMBER: self._number,
            Kind.GUARDIAN: lambda one: self._guardians(one.pupil, one.after["guardians"]),
            Kind.END: self._end,
        }[Kind(change.kind)]
        if not does(change):
            return False
        if change.pupil is not None:
            self.touched.add(change.pupil.pk)
        return True

    # --- classes ------------------------------------------------------------------------------------------------------

    def _new_class(self, change: Change) -> bool:
        told = change.after
        if self.register.class_of(change.key, told["name"]) is not None:
            return False
        group = ClassGroup.objects.create(
            school=self.school,
            school_year=self.register.year,
            name=told["name"],
            grade=told["grade"],
            school_form=told["form"],
        )
        self.register.classes[group.name.casefold()] = group
        self._class_in_source(change.key, group)
        return True

    def _class_in_source(self, key: UUID, group: ClassGroup) -> None:
        SourceClass.objects.get_or_create(source=self.source, group=key, class_group=group)
        self.register.class_links[key] = group

    def _class_named(self, told: dict[str, Any]) -> ClassGroup | None:
        group = self.register.class_of(UUID(told["group"]), told["class"])
        if group is not None:
            self._class_in_source(UUID(told["group"]), group)
        return group

    # --- pupils -------------------------------------------------------------------------------------------------------

    def _new_pupil(self, change: Change) -> bool:
        """Enrol somebody who is not enrolled here: new, or known from elsewhere by number or by the source's id."""
        told = change.after
        group = self._class_named(told)
        match = self.register.match(change.key, told["number"])
        if group is None or match.is_protected or match.conflict:
            return False
        pupil = match.pupil
        if pupil is None:
            pupil = Pupil.objects.create(given_name=told["given"], family_name=told["family"], born_on=told["born"])
            if told["number"]:
                self._write_number(pupil, told["number"], told["number_kind"], date.fromisoformat(told["born"]))
        elif pupil.pk in self.register.enrolled:
            return False
        self._link(change.key, pupil)
        self._enrol(pupil, group, told["from"])
        self._guardians(pupil, told["guardians"])
        self.touched.add(pupil.pk)
        return True

    def _link(self, key: UUID, pupil: Pupil | None) -> bool:
        if pupil is None or self.register.links.get(key) is not None:
            return False
        SourcePupil.objects.update_or_create(
            source=self.source, person=key, defaults={"pupil": pupil, "linked_at": self.at, "gone_on": None}
        )
        self.register.links[key] = pupil
        return True

    def _class(self, change: Change) -> bool:
        group = self._class_named(change.after)
        pupil = change.pupil
        if pupil is None or group is None or pupil.pk not in self.register.enrolled:
            return False
        if self.register.enrolled[pupil.pk].class_group_id == group.pk:
            return False
        self._enrol(pupil, group, change.after["from"])
        return True

    def _enrol(self, pupil: Pupil, group: ClassGroup, since: str) -> None:
        """Put the pupil in the class; where the pupil was before ends the day before."""
        first = max(date.fromisoformat(since) if since else self.today, self.register.year.starts_on)
        first = min(first, self.today) if self.register.year.starts_on <= self.today else first
        running = Enrolment.objects.select_for_update(of=("self",)).filter(pupil=pupil, ends_on=None).first()
        if running is not None and first <= running.starts_on:
            first = min(running.starts_on + timedelta(days=1), max(self.today, running.starts_on))
        if running is not None and first <= running.starts_on:
            running.class_group = group  # came and changed on one and the same day
            running.save(update_fields=["class_group"])
            enrolment = running
        else:
            if running is not None:
                running.ends_on = first - timedelta(days=1)
                running.save(update_fields=["ends_on"])
            enrolment = Enrolment.objects.create(pupil=pupil, class_group=group, starts_on=first)
        self.register.enrolled[pupil.pk] = enrolment

    def _name(self, change: Change) -> bool:
        told = change.after
        return bool(
            change.pupil
            and Pupil.objects.filter(pk=change.pupil.pk)
            .exclude(given_name=told["given"], family_name=told["family"])
            .update(given_name=told["given"], family_name=told["family"])
        )

    def _number(self, change: Change) -> bool:
        told = change.after
        if change.pupil is None or self.register.holders_of(told["number"]):
            return False
        # What stood in for the number ends; it stays as what the pupil was known by.
        PupilIdentifier.objects.filter(pupil=change.pupil, kind__in=NUMBERS, valid_to=None).update(valid_to=self.today)
        self._write_number(change.pupil, told["number"], told["number_kind"], self.today)
        return True

    def _write_number(self, pupil: Pupil, number: str, kind: str, since: date) -> None:
        PupilIdentifier.objects.create(pupil=pupil, kind=kind, value=number, valid_from=since)

    def _guardians(self, pupil: Pupil | None, told: list[dict[str, str]]) -> bool:
        if pupil is None:
            return False
        known = {
            (given.casefold(), family.casefold())
            for given, family in Guardian.objects.filter(pupil=pupil).values_list("given_name", "family_name")
        }
        new = [one for one in told if (one["given"].casefold(), one["family"].casefold()) not in known]
        Guardian.objects.bulk_create(
            Guardian(pupil=pupil, given_name=one["given"], family_name=one["family"]) for one in new
        )
        return bool(new)

    def _end(self, change: Change) -> bool:
        """End the enrolment, never the pupil: cases and history stay, and the pupil may come back."""
        running = self.register.enrolled.get(change.pupil.pk) if change.pupil else None
        if running is None:
            return False
        running.ends_on = max(running.starts_on, date.fromisoformat(change.after["on"]))
        running.save(update_fields=["ends_on"])
        if change.after.get("is_deleted"):
            # The source has forgotten the id; should the pupil come back with a new one, the number tells who it is.
            SourcePupil.objects.filter(source=self.source, person=change.key).update(gone_on=self.today)
        del self.register.enrolled[running.pupil_id]
        return True


def may_happen_by_itself(change: Change) -> bool:
    """Say whether a change needs no yes: endings in number are another matter."""
    return change.kind in AUTOMATIC and not change.after.get("is_new")


def are_few(endings: int, pupils: int) -> bool:
    """Say whether so many endings may happen without anybody having looked."""
    return endings * 100 <= MOST_ENDED_PERCENT * pupils
