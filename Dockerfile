# One image for each app: docker build --build-arg APP=billing -t aggregator/billing .
FROM node:24-bookworm-slim AS build
ARG APP
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/root/.npm npm ci
RUN node scripts/generate.mjs && node scripts/build-app.mjs "$APP" \
  && mkdir -p /state && cp -r "dist/$APP" /app

FROM node:24-bookworm-slim
ENV NODE_ENV=production HOST=0.0.0.0 SPOOL_DIRECTORY=/state/spool SNAPSHOT_PATH=/state/snapshot.json
COPY --from=build /app /app
COPY --from=build --chown=10001:10001 /state /state
WORKDIR /app
USER 10001:10001
VOLUME /state
CMD ["node", "--enable-source-maps", "main.mjs"]
