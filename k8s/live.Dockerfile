# The image of Tilt and of Skaffold's dev profile: one app's bundle, started again whenever one of its files changes.
# docker build -f k8s/live.Dockerfile dist/<app>. It runs from a copy under /tmp, since the rest of the file system is
# read-only in a pod; what is synced goes there, too.
FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 SPOOL_DIRECTORY=/state/spool SNAPSHOT_PATH=/state/snapshot.json
COPY . /app
RUN install --directory --owner=10001 --group=10001 /state
WORKDIR /app
USER 10001:10001
VOLUME /state
CMD ["sh", "-c", "mkdir -p /tmp/app && cp -r /app/. /tmp/app && cd /tmp/app && exec node --watch-path=/tmp/app --watch-preserve-output --enable-source-maps main.mjs"]
