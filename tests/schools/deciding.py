"""The city's decision on where protected pupils are handled, made by two persons."""

from django.utils import timezone

from schools.actions.protection import confirm_protection, decide_protection
from tests.factories.accounts import MembershipFactory


def decide(authority, *, inside):
    first, second = MembershipFactory(system_admin=True), MembershipFactory(system_admin=True)
    policy = decide_protection(authority=authority, inside=inside, by=first, at=timezone.now())
    return confirm_protection(policy=policy, by=second, at=timezone.now())
