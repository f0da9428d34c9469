"""Encrypt the secrets of second factors that were set up before secrets were encrypted."""

from django.db import migrations

from accounts.secrecy import encrypt

SECRETS = ("secret", "seed")


def encrypt_secrets(apps, schema_editor):
    """Encrypt what code apps and reserve codes hold."""
    Authenticator = apps.get_model("mfa", "Authenticator")
    for row in Authenticator.objects.all():
        plain = {name: row.data[name] for name in SECRETS if name in row.data}
        if plain:
            row.data |= {name: encrypt(text, "second factor") for name, text in plain.items()}
            row.save(update_fields=["data"])


class Migration(migrations.Migration):
    """A stolen table opens no account."""

    dependencies = [("accounts", "0020_failed_tries_and_kept_posts"), ("mfa", "0003_authenticator_type_uniq")]
    operations = [migrations.RunPython(encrypt_secrets, migrations.RunPython.noop)]
