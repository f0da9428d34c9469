"""The server's entry point."""

import os

from django.core.wsgi import get_wsgi_application

from wall.startup import refuse_without_wall

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()
refuse_without_wall()
