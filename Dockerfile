# The program without its database. Built and run by docker-compose.yml; what was tried is in docs/operations.md.
FROM python:3.12-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1
RUN useradd --system --create-home --uid 10001 narvaro && install --directory --owner=narvaro /anchors /journal
WORKDIR /srv/narvarobryggan

COPY requirements/base.txt requirements/base.txt
RUN pip install --require-hashes --requirement requirements/base.txt

COPY . .
# The settings ask for secrets and addresses; at build time nothing secret is known and nothing is connected to.
RUN DJANGO_SETTINGS_MODULE=config.settings.production SECRET_KEY=only-while-building ALLOWED_HOSTS=localhost \
    DATABASE_URL=postgresql://nobody@localhost/none OWNER_DATABASE_URL=postgresql://nobody@localhost/none \
    python manage.py collectstatic --no-input --verbosity=0
RUN python -m babel.messages.frontend compile --domain=django --directory=locale

USER narvaro
ENV DJANGO_SETTINGS_MODULE=config.settings.production
EXPOSE 8000
CMD ["python", "-m", "gunicorn", "config.wsgi", "--worker-class=gthread", "--no-control-socket", "--graceful-timeout=5", \
     "--bind=0.0.0.0:8000", "--workers=2", "--threads=4", "--log-level=info"]
