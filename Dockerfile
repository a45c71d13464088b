# Front-end files
FROM node:22-bookworm-slim AS frontend
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

# The application
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    DJANGO_SETTINGS_MODULE=lusong_edu.settings.production LUSONG_DATA_DIR=/data
# LibreOffice turns Word into PDF; it needs fonts with every Chinese character. pg_dump makes the backups.
RUN apt-get update -qq \
 && apt-get install -y -qq --no-install-recommends libreoffice-writer-nogui fonts-noto-cjk fonts-liberation postgresql-client \
 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --create-home --home-dir /home/lusong lusong \
 && install -d -o lusong -g lusong /data /app /backup
WORKDIR /app
COPY requirements.txt ./
RUN pip install --no-deps --require-hashes --only-binary :all: -r requirements.txt
COPY --from=frontend /app/node_modules ./node_modules
COPY . .
# Static files belong to the image, under /app; /data is a volume. The values below serve this step only. A checkout
# that was closed to others must not close the application out.
RUN python -m lusong_edu.messages \
 && LUSONG_DATA_DIR=/app/build DATABASE_URL=postgresql:///build REDIS_URL=redis://build \
    SECRET_KEY=only-used-while-the-image-is-built-never-at-run-time \
    LUSONG_SECOND_STEP_KEYS=b25seS11c2VkLXdoaWxlLXRoZS1pbWFnZS1pcy1idWk= ALLOWED_HOSTS=build.invalid LUSONG_WITHOUT_EMAIL=true \
    python manage.py collectstatic --noinput \
 && mv /app/build/static /app/staticfiles && rm -rf /app/build \
 && find /app \( ! -perm -004 -o -type d ! -perm -001 \) -exec chmod a+rX {} +
ENV LUSONG_STATIC_ROOT=/app/staticfiles
USER lusong
EXPOSE 8000
VOLUME /data
ENV LUSONG_BIND=0.0.0.0:8000
CMD ["gunicorn", "lusong_edu.wsgi", "--config", "python:lusong_edu.gunicorn_conf"]
