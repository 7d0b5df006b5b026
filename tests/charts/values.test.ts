import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { chartFolder, readRefusal } from './render-chart.ts';
import { leastValues } from './variants.ts';

const valuesText = readFileSync(join(chartFolder, 'values.yaml'), 'utf8');
const tree = z.record(z.string(), z.unknown());

/** Maps that hold what a person likes to put there: every key is known, and none is. */
const freeMaps = /(Annotations|annotations|Labels|labels|env|nodeSelector|affinity)$/;

/** `a.b.c` of every map of values.yaml whose keys are known, '' for the whole. */
function findKnownLevels(content: unknown, path: readonly string[] = []): string[][] {
  const parsed = tree.safeParse(content);
  if (!parsed.success || freeMaps.test(path.at(-1) ?? '')) return [];
  return [[...path], ...Object.entries(parsed.data).flatMap(([key, child]) => findKnownLevels(child, [...path, key]))];
}

const nest = (path: readonly string[], content: object): object =>
  path.reduceRight<object>((inner, key) => ({ [key]: inner }), content);

const merge = (one: object, other: object): object => ({ ...one, ...other });

const knownLevels = findKnownLevels(parse(valuesText, { merge: true }));

describe('values.schema.json', () => {
  it('has a level for every map of values.yaml', () => {
    expect(knownLevels.length).toBeGreaterThan(50);
  });

  it.each(knownLevels.map((path) => [path.join('.') || '(top)', path] as const))(
    'refuses a key that it does not know in %s',
    (_name, path) => {
      expect(readRefusal(nest(path, { unheardOf: 1 }))).toContain("'unheardOf' not allowed");
    },
  );

  it.each([
    ['a number of replicas that is text', { services: { proxy: { replicas: '3' } } }],
    ['fewer replicas than none', { defaults: { replicas: -1 } }],
    ['a service that there is not', { services: { gateway: {} } }],
    ['autoscaling of a service that holds a database', { services: { billing: { autoscaling: { enabled: true } } } }],
    ['a mode of autoscaling that there is not', { services: { proxy: { autoscaling: { mode: 'memory' } } } }],
    ['a memory limit that no heap can be computed from', { defaults: { resources: { limits: { memory: '1G' } } } }],
    ['a digest that is none', { services: { proxy: { image: { digest: 'sha256:abc' } } } }],
    ['a variable with a small letter', { services: { proxy: { env: { maxRetries: '1' } } } }],
    ['a variable that is a number', { services: { proxy: { env: { MAX_RETRIES: 1 } } } }],
    ['a drain longer than an hour', { services: { proxy: { drainSeconds: 7200 } } }],
    ['a log level that there is not', { logLevel: 'verbose' }],
    ['a mode of migrations that there is not', { migrations: { mode: 'none' } }],
    ['a way to know peers that there is not', { peerIdentity: { mode: 'mtls' } }],
    ['a token that ends before it can be renewed', { peerIdentity: { tokenSeconds: 60 } }],
    ['the name of a Secret that can be none', { existingSecrets: { redis: 'My Secret' } }],
    ['a password where the name of a Secret belongs', { existingSecrets: { redis: 'redis://:pw@redis:6379' } }],
    ['a credit that is a number, which would be rounded', { seed: { creditNanoUsd: 10 } }],
    ['a namespace that can be none', { operator: { watchNamespaces: ['Team A'] } }],
    ['a namespace named twice', { operator: { watchNamespaces: ['a', 'a'] } }],
    ['a policy of pulling that there is not', { image: { pullPolicy: 'Sometimes' } }],
    ['a port beyond all ports', { networkPolicy: { stores: { redis: { port: 70000 } } } }],
    ['a peer that selects by nothing known', { networkPolicy: { gateway: { from: [{ pods: {} }] } } }],
    ['a way to sign up that there is not', { accounts: { signUp: 'paid' } }],
    ['a size that is no quantity', { spool: { persistence: { size: 'large' } } }],
    ['a kind of Service that has no place here', { gatewayService: { type: 'ExternalName' } }],
  ])('refuses %s', (_what, values) => {
    expect(readRefusal(merge(leastValues, values))).toMatch(/values don't meet the specifications/);
  });
});

describe('a Secret that is missing', () => {
  const { existingSecrets } = leastValues;
  const without = (group: object) => ({ existingSecrets: { ...existingSecrets, ...group } });

  it.each([
    [
      'existingSecrets.redis',
      without({ redis: '' }),
      'generic aggregator-redis --namespace aggregator --from-literal=REDIS_URL=',
    ],
    ['existingSecrets.kafka', without({ kafka: '' }), '--from-literal=KAFKA_BROKERS='],
    [
      'existingSecrets.kafka',
      { ...without({ kafka: '' }), kafka: { sasl: { mechanism: 'plain' } } },
      '--from-literal=KAFKA_SASL_PASSWORD=',
    ],
    ['existingSecrets.rabbitmq', { ...without({}), events: { transport: 'rabbitmq' } }, '--from-literal=RABBITMQ_URL='],
    ['existingSecrets.nats', { ...without({}), events: { transport: 'nats' } }, '--from-literal=NATS_URL='],
    ['existingSecrets.keys', without({ keys: '' }), '--from-literal=INTERNAL_SIGNING_KEY='],
    [
      'existingSecrets.databases.billing',
      without({ databases: { ...existingSecrets.databases, billing: '' } }),
      '--from-literal=BILLING_DATABASE_URL=',
    ],
    ['existingSecrets.smtp', { ...without({}), accounts: { mail: { transport: 'smtp' } } }, '--from-literal=SMTP_URL='],
    [
      'existingSecrets.stripe',
      { ...without({}), payments: { provider: 'stripe' } },
      '--from-literal=STRIPE_SECRET_KEY=',
    ],
    ['existingSecrets.seed', { ...without({ seed: '' }), seed: { enabled: true } }, '--from-literal=SEED_API_KEY='],
  ])('reports that %s is not set, with the command that creates it', (value, values, command) => {
    const refusal = readRefusal(values);

    expect(refusal).toContain(`${value} is not set`);
    expect(refusal).toContain('kubectl create secret generic');
    expect(refusal).toContain(command);
  });

  it.each([
    ['a name for the ingress', { ingress: { enabled: true } }, 'ingress.host is not set'],
    ['the certificate of the ingress', { ingress: { enabled: true, host: 'a.b' } }, 'kubectl create secret tls'],
    ['the Gateway of a route', { httpRoute: { enabled: true } }, 'httpRoute.parentRefs is empty'],
    [
      'the store of external Secrets',
      { externalSecrets: { enabled: true }, migrations: { mode: 'job' } },
      'storeRef.name',
    ],
    [
      'Secrets before the hooks that need them',
      { externalSecrets: { enabled: true, storeRef: { name: 'a' } } },
      'migrations.mode=job',
    ],
    [
      'the figure that pods are counted by',
      { services: { 'api-gateway': { autoscaling: { enabled: true, mode: 'pods', metric: { name: '' } } } } },
      'services.api-gateway.autoscaling.metric.name',
    ],
  ])('so is %s', (_what, values, sentence) => {
    expect(readRefusal(merge(leastValues, values))).toContain(sentence);
  });
});

describe('values.yaml', () => {
  it('holds no password and no name of a Secret', () => {
    expect(valuesText).not.toMatch(/password|:\/\/[^ ]*@/i);
    expect(valuesText.match(/existingSecrets:[\s\S]*?\n\n/)?.[0]).not.toMatch(/: "?[a-z]+-?[a-z]+"?$/m);
  });

  it('is described by the README of the chart, each value once with its default', () => {
    const readme = readFileSync(join(chartFolder, 'README.md'), 'utf8');
    const rows = [...readme.matchAll(/^\| `([^`]+)` \| (.*?) \| .+ \|$/gm)].map((match) => [match[1], match[2]]);

    expect(rows).toEqual(findDocumented().map(([path, content]) => [path, content === '' ? '`""`' : `\`${content}\``]));
  });
});

/** Leaves of values.yaml as the table of the README has them; what is long or repeats itself is one row. */
function findDocumented(): [string, string][] {
  const whole = /^(defaults\.resources|services\.|.*\.behavior$|.*\.(from|to|except|ports)$)/;
  const walk = (content: unknown, path: string): [string, string][] => {
    const parsed = tree.safeParse(content);
    const isLeaf = !parsed.success || whole.test(path) || Object.keys(parsed.data).length === 0;
    if (isLeaf) return [[path, typeof content === 'string' ? content : JSON.stringify(content)]];
    return Object.entries(parsed.data).flatMap(([key, child]) => walk(child, path === '' ? key : `${path}.${key}`));
  };
  return walk(parse(valuesText, { merge: true }), '').map(([path, content]) =>
    path.startsWith('services.') ? [path, 'see values.yaml'] : [path, content],
  );
}
