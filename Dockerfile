# One image for each app and operator: docker build --build-arg APP=billing -t aggregator/billing .
# Everything above the last stage is the same for all of them: seven images cost one install and one bundling.

# The base of every stage. A release names it by its digest: --build-arg NODE_IMAGE=node:24-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24-bookworm-slim

# What npm reads, alone and without times, so that a change of the sources does not install anew.
FROM ${NODE_IMAGE} AS manifests
WORKDIR /src
COPY . .
RUN mkdir /manifests \
  && find . -name package.json -not -path '*/node_modules/*' -exec cp --parents '{}' /manifests/ ';' \
  && cp package-lock.json .npmrc /manifests/ \
  && find /manifests -exec touch -d @0 '{}' +

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY --from=manifests /manifests ./
RUN --mount=type=cache,target=/root/.npm npm ci
COPY . .
RUN node scripts/generate.mjs && node scripts/build-app.mjs --all && mkdir /state

FROM ${NODE_IMAGE}
# Nothing is written outside /state, so that the root file system can be read-only. Memory is the deployment's to set.
ENV NODE_ENV=production HOST=0.0.0.0 SPOOL_DIRECTORY=/state/spool SNAPSHOT_PATH=/state/snapshot.json
COPY --from=build --chown=10001:10001 /state /state
WORKDIR /app
ARG APP
COPY --from=build /src/dist/${APP} /app
USER 10001:10001
VOLUME /state
STOPSIGNAL SIGTERM
CMD ["node", "--enable-source-maps", "main.mjs"]
