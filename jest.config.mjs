const swc = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2024' },
  module: { type: 'es6' },
};

/** `npm run test:guards` removes one guard of a promise as it compiles. */
const compiler =
  process.env.REMOVED_GUARD === undefined ? '@swc/jest' : '<rootDir>/packages/testing/src/jest/without-guard.mjs';

/** One tier of tests: what it matches, and how its files become ESM that Jest's own loader runs. */
const tier = (displayName, testMatch, lifecycle) => ({
  displayName,
  testMatch,
  ...lifecycle,
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': [compiler, swc] },
  testPathIgnorePatterns: ['/node_modules/', '/dist/', '/var/'],
  modulePathIgnorePatterns: ['<rootDir>/dist/', '<rootDir>/var/'],
});

const unit = [
  '<rootDir>/{packages,apps,operators}/**/src/**/*.test.ts',
  '<rootDir>/tests/{tidy,world,e2e,docs,conformance,crds,dev-loop,dashboard,faults,guards}/**/*.test.ts',
  '!**/*.integration.test.ts',
  '!**/*.control-plane.test.ts',
  '!**/*.agents.test.ts',
  '!**/*.browser.test.ts',
];
const integration = ['<rootDir>/{packages,apps,operators,tests}/**/*.integration.test.ts'];
/** Against a private kube-apiserver and etcd: no nodes, no pods. */
const controlPlane = ['<rootDir>/{packages,apps,operators,tests}/**/*.control-plane.test.ts'];

/** What Helm renders, judged by a private kube-apiserver. */
const charts = ['<rootDir>/tests/charts/**/*.test.ts'];

/** A whole installation in the cluster of the present kubeconfig. */
const cluster = ['<rootDir>/tests/cluster/**/*.cluster.test.ts'];

/** Attacks by one client on the six services, while others are served. */
const hostile = ['<rootDir>/tests/hostile/**/*.test.ts'];

/** Unmodified coding agents and frameworks from npm and PyPI, through the product, to fakes of the vendors. */
const agents = ['<rootDir>/tests/{agents,conformance}/**/*.agents.test.ts'];

/** Real servers of models from PyPI, direct and through the product. */
const servers = ['<rootDir>/tests/servers/**/*.servers.test.ts'];

/** The dashboard in a real browser, on the embedded form. */
const browser = ['<rootDir>/tests/dashboard/**/*.browser.test.ts'];

const jestFolder = '<rootDir>/packages/testing/src/jest';

export default {
  // More than a wait of a test, so that what fails is the wait, which says what for.
  testTimeout: 180_000,
  // Half of the machine is the default, which on two cores means one test file after the other.
  maxWorkers: 2,
  workerIdleMemoryLimit: '1GB',
  // Half a second is the default, in which a process on a busy machine cannot even end: the warning would mean nothing.
  workerGracefulExitTimeout: 10_000,
  projects: [
    tier('unit', unit, {
      globalSetup: `${jestFolder}/unit-setup.mjs`,
      globalTeardown: `${jestFolder}/unit-teardown.mjs`,
    }),
    tier('integration', integration, { globalSetup: `${jestFolder}/integration-setup.mjs` }),
    tier('hostile', hostile, { globalSetup: `${jestFolder}/integration-setup.mjs` }),
    tier('agents', agents, {
      globalSetup: `${jestFolder}/unit-setup.mjs`,
      globalTeardown: `${jestFolder}/unit-teardown.mjs`,
    }),
    tier('servers', servers, {
      globalSetup: `${jestFolder}/unit-setup.mjs`,
      globalTeardown: `${jestFolder}/unit-teardown.mjs`,
    }),
    tier('browser', browser, {
      globalSetup: `${jestFolder}/unit-setup.mjs`,
      globalTeardown: `${jestFolder}/unit-teardown.mjs`,
    }),
    tier('charts', charts, { globalSetup: `${jestFolder}/charts-setup.mjs` }),
    tier('cluster', cluster, { globalSetup: `${jestFolder}/cluster-setup.mjs` }),
    tier('control-plane', controlPlane, { globalSetup: `${jestFolder}/control-plane-setup.mjs` }),
  ],
};
