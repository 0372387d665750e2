# The product as an image: `serve`, `worker`, `beat` and `migrate` are the same image with another command.

FROM node:22-bookworm-slim AS front-end
WORKDIR /build
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc frontend/
RUN npm ci --prefix frontend --no-audit --no-fund
COPY frontend frontend
RUN npm run --silent --prefix frontend build

FROM python:3.11-slim-bookworm AS python
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/golden-thread
WORKDIR /app
COPY requirements/base.txt requirements/base.txt
RUN /opt/golden-thread/bin/pip install --require-hashes -r requirements/base.txt
COPY pyproject.toml README.md LICENSE manage.py ./
COPY platform platform
COPY vision vision
COPY collaboration collaboration
COPY notifications notifications
COPY frontend frontend
COPY docs/examples docs/examples
# How each mail looks, for the people who look after it.
COPY tests/notifications/golden tests/notifications/golden
COPY --from=front-end /build/frontend/static/build frontend/static/build
RUN /opt/golden-thread/bin/pip install --no-deps --no-build-isolation --no-index -e . \
    && GOLDENTHREAD_MODE=demo DATA_DIR=/tmp/build STATIC_ROOT=/app/static \
       /opt/golden-thread/bin/python manage.py collectstatic --noinput --verbosity 0 \
    && rm -rf /tmp/build

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin golden \
    && install -d -o golden -g golden /data
COPY --from=python /opt/golden-thread /opt/golden-thread
COPY --from=python /app /app
WORKDIR /app
ENV PATH=/opt/golden-thread/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DATA_DIR=/data STATIC_ROOT=/app/static HOST=0.0.0.0 PORT=8000
USER golden
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["goldenthread"]
CMD ["serve"]
