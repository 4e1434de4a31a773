# The portal in one image: website, worker, clock and migrations differ only in their command.
FROM python:3.13-slim-bookworm

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /portal

COPY requirements.txt ./
RUN pip install --require-hashes -r requirements.txt

COPY . .
# Collecting files asks no server and keeps no secret: these addresses are never opened.
RUN set -e; \
    for words in locale/*/LC_MESSAGES/*.po; do \
        [ ! -e "$words" ] || pybabel compile --input-file="$words" --output-file="${words%.po}.mo"; \
    done; \
    PORTAL_ENV=production DATABASE_URL=postgres://none/none REDIS_URL=redis://none \
        python manage.py collectstatic --noinput --verbosity 0 --skip-checks; \
    useradd --system --uid 10001 --home-dir /portal --shell /usr/sbin/nologin portal; \
    install -d -o portal -g portal -m 0700 /portal/var

USER 10001
VOLUME /portal/var
EXPOSE 8000
CMD ["gunicorn", "pension_portal.wsgi", "--bind=0.0.0.0:8000", "--worker-class=gthread", \
     "--workers=4", "--threads=4", "--timeout=120", "--no-control-socket", "--access-logfile=-"]
