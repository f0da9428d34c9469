"""Rows come in a certain order, and the migrations say what the models say."""

import pytest
from django.apps import apps
from django.core.management import call_command
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.db import models
from django.test.utils import isolate_apps

from accounts.models import Unit
from tests.architecture.sources import APPS


def our_models():
    """Return the models of our apps."""
    return [model for app in APPS for model in apps.get_app_config(app).get_models()]


def loose_order(model):
    """Say what is wrong with a model's order: its last field must tell any two rows apart."""
    ordering = model._meta.ordering
    if not ordering:
        return f"{model._meta.label} has no Meta.ordering"
    last = str(ordering[-1]).lstrip("-")
    field = model._meta.pk if last == "pk" else model._meta.get_field(last)
    if not field.unique:
        return f"{model._meta.label} is ordered by {list(ordering)}, which leaves ties: end with a unique field"
    return None


def test_every_model_has_an_order_without_ties():
    faults = [fault for fault in map(loose_order, our_models()) if fault]

    assert not faults, "\n".join(faults)


@isolate_apps("accounts")
@pytest.mark.parametrize(("ordering", "words"), [([], "no Meta.ordering"), (["name"], "leaves ties")])
def test_loose_order_is_found(ordering, words):
    order = ordering

    class Loose(models.Model):
        name = models.CharField(max_length=1)

        class Meta:
            app_label = "accounts"
            ordering = order

        def __str__(self):
            return self.name

    assert words in loose_order(Loose)


@pytest.mark.django_db
def test_a_page_of_rows_in_no_order_is_an_error():
    with pytest.raises(UnorderedObjectListWarning):
        Paginator(Unit.objects.order_by(), 10).page(1)


@pytest.mark.django_db
def test_no_migration_is_missing():
    try:
        call_command("makemigrations", check=True, dry_run=True, verbosity=1)
    except SystemExit:
        pytest.fail("A model changed without its migration; run: manage.py makemigrations")
