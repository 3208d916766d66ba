# Two stages: Node builds what pages load, the image that runs has Python alone.
FROM node:22-bookworm-slim AS frontend
WORKDIR /src
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm ci --prefix frontend --omit=dev --no-audit --no-fund
COPY frontend frontend
RUN node frontend/build.mjs

FROM python:3.13-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 DUNLIN_ENV=production PORT=8701
WORKDIR /srv/dunlin
COPY requirements.lock .
RUN pip install --require-hashes --only-binary :all: --no-binary dkimpy -r requirements.lock \
 && useradd --system --home-dir /srv/dunlin --shell /usr/sbin/nologin dunlin
COPY plugin plugin
COPY worker worker
COPY templates templates
COPY atlassian-connect.json ./
COPY pyproject.toml README.md ./
COPY --from=frontend /src/build build
# The service runs from its checkout: templates and the built front end stand beside the packages.
RUN printf '%s\n' /srv/dunlin > "$(python -c 'import site; print(site.getsitepackages()[0])')/dunlin.pth" \
 && printf '#!/bin/sh\nexec python -m plugin.cli "$@"\n' > /usr/local/bin/dunlin && chmod 755 /usr/local/bin/dunlin
USER dunlin
EXPOSE 8701
CMD ["gunicorn", "plugin.app:create_app()", "--bind", "0.0.0.0:8701", "--workers", "2", "--worker-class", "gthread", "--threads", "4", "--timeout", "30"]
