import { analyticsVariables } from '@aggregator/analytics';
import { apiGatewayVariables } from '@aggregator/api-gateway';
import { authVariables } from '@aggregator/auth';
import { billingVariables } from '@aggregator/billing';
import { mockProviderVariables } from '@aggregator/mock-provider-app';
import { providerOperatorVariables } from '@aggregator/provider-operator';
import { providerOrchestratorVariables } from '@aggregator/provider-orchestrator';
import { proxyVariables } from '@aggregator/proxy';
import type { ConfigShape } from '@aggregator/service-kit';
import { describe, expect, it } from '@jest/globals';
import { readEnvironment, readPods } from './read-pods.ts';
import { type RenderOptions, renderChart } from './render-chart.ts';
import { leastValues, variants } from './variants.ts';

const tables: Readonly<Record<string, ConfigShape>> = {
  'api-gateway': apiGatewayVariables,
  auth: authVariables,
  'provider-orchestrator': providerOrchestratorVariables,
  proxy: proxyVariables,
  billing: billingVariables,
  analytics: analyticsVariables,
  'provider-operator': providerOperatorVariables,
  'mock-provider': mockProviderVariables,
};
/** Read by Node itself. */
const ofNode = ['NODE_OPTIONS', 'NODE_EXTRA_CA_CERTS'];

/** Environments by workload. */
function readEnvironments(options: RenderOptions): Map<string, Record<string, string>> {
  const { manifests } = renderChart(options);
  return new Map(
    readPods(manifests)
      .filter(({ owner }) => owner.kind !== 'Job')
      .map(({ labels, containers: [container] }) => [
        labels['app.kubernetes.io/name'] ?? '',
        container === undefined ? {} : readEnvironment(manifests, container),
      ]),
  );
}

const environmentOf = (app: string, options: RenderOptions) => readEnvironments(options).get(app) ?? {};

/** A Secret's value is not here to be judged; what stands for it is. */
const isSecret = (value: string | undefined) => value?.startsWith('secret:') === true || value === 'of the pod';

describe('environment of the pods', () => {
  it.each(Object.keys(variants))(
    'is read by the app that gets it, holds nothing that it refuses, and lacks nothing (%s)',
    (variant) => {
      const environments = readEnvironments(variants[variant] ?? {});
      const faults = [...environments].flatMap(([app, environment]) => {
        const table = tables[app];
        if (table === undefined) return [];
        const known = Object.values(table).flatMap(({ name, aliases }) => [name, ...aliases]);
        const unknown = Object.keys(environment).filter((name) => !known.includes(name) && !ofNode.includes(name));
        const refused = Object.values(table)
          .filter(
            ({ name, schema }) =>
              !isSecret(environment[name]) && !schema.safeParse(environment[name] || undefined).success,
          )
          .map(({ name }) => `${name}=${environment[name]}`);
        return [...unknown, ...refused].map((fault) => `${app}: ${fault}`);
      });

      expect(environments.size).toBeGreaterThanOrEqual(6);
      expect(faults).toEqual([]);
    },
  );

  it('is a secret if the app calls it one, and is read from a Secret that exists', () => {
    for (const [app, environment] of readEnvironments({ environment: 'production' })) {
      const secret = Object.values(tables[app] ?? {}).filter(({ name, isSecret }) => isSecret && name in environment);
      expect(
        secret.map(({ name }) => environment[name]).filter((value) => value?.startsWith('secret:') !== true),
      ).toEqual([]);
    }
  });

  it('says who can make an account, and where mails go', () => {
    expect(environmentOf('auth', { environment: 'production' })).toMatchObject({
      ...{ SIGN_UP: 'invite-only', EMAIL_VERIFICATION: 'off', MAIL_TRANSPORT: 'none' },
      PUBLIC_URL: 'https://ai.example.com',
    });
    expect(environmentOf('auth', variants['mails by SMTP'] ?? {})).toMatchObject({
      ...{ SIGN_UP: 'domains', SIGN_UP_DOMAINS: 'example.com,example.org', MAIL_TRANSPORT: 'smtp' },
      SSO_ISSUER_ALLOWLIST: 'keycloak.internal:8443',
      WEBHOOK_ALLOWLIST: 'hooks.internal:8443',
      SMTP_URL: expect.stringMatching(/^secret:/),
    });
  });

  it('has analytics read the figures of all pods, and send alerts by what the Secret names', () => {
    const environment = environmentOf('analytics', variants['alerts of the product'] ?? {});
    const secrets = [
      'ALERT_WEBHOOK_URL',
      'ALERT_WEBHOOK_SECRET',
      'ALERT_SLACK_URL',
      'ALERT_TELEGRAM_BOT_TOKEN',
      'SMTP_URL',
    ];

    expect(environment).toMatchObject({
      ...{ ALERT_METRICS_URLS: 'http://aggregator-metrics:9090', ALERT_MAIL_TO: 'ops@example.com' },
      ...{ MAIL_TRANSPORT: 'smtp', MAIL_FROM: 'alerts@example.com' },
      ALERT_RUNBOOK_BASE_URL: 'https://example.com/runbooks',
      ...Object.fromEntries(secrets.map((name) => [name, expect.stringMatching(/^secret:/)])),
    });
    expect(environment?.ALERT_SERVICES).toContain('provider-operator');
    expect(environmentOf('analytics', { environment: 'production' })).not.toHaveProperty('ALERT_METRICS_URLS');
  });

  it.each([
    ['Stripe', ['STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRETS']],
    ['YooKassa', ['YOOKASSA_SHOP_ID', 'YOOKASSA_SECRET_KEY']],
  ])('gives the secrets of payments by %s to billing alone, and both of them', (provider, secrets) => {
    const values = variants[`payments by ${provider}`] ?? {};
    expect(environmentOf('billing', values)).toMatchObject({
      ...Object.fromEntries(secrets.map((name) => [name, expect.stringMatching(/^secret:/)])),
      PUBLIC_URL: 'https://ai.example.com',
    });
    const holders = [...readEnvironments(values)].filter(([, environment]) =>
      secrets.some((name) => name in environment),
    );
    expect(holders.map(([app]) => app)).toEqual(['billing']);
  });

  it('gives the secret of an own secret scanner to auth alone, and to no one by default', () => {
    const holdersOf = (values: Parameters<typeof readEnvironments>[0]) =>
      [...readEnvironments(values)].filter(([, environment]) => 'LEAK_REPORT_SECRET' in environment);
    const [holder, ...others] = holdersOf(variants['reports of an own secret scanner'] ?? {});
    expect(holder).toEqual([
      'auth',
      expect.objectContaining({ LEAK_REPORT_SECRET: expect.stringMatching(/^secret:/) }),
    ]);
    expect([...others, ...holdersOf(variants['payments by Stripe'] ?? {})]).toEqual([]);
  });

  it('sends the steps of requests where the values say, from gateway, proxy and billing alone', () => {
    const traced = [...readEnvironments(variants['traces of a tenth of the requests'] ?? {})].filter(
      ([, environment]) => 'OTEL_EXPORTER_OTLP_ENDPOINT' in environment,
    );
    const settings = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector.monitoring:4318',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    };
    expect(traced.map(([app]) => app).sort()).toEqual(['api-gateway', 'billing', 'proxy']);
    for (const [, environment] of traced) expect(environment).toMatchObject(settings);
  });

  it('lists the web pages that may call the gateway', () => {
    const { CORS_ORIGINS: origins } = environmentOf('api-gateway', variants['mails by SMTP'] ?? {});
    expect(origins).toBe('https://app.example.com,https://b.example.com');
  });

  it('gives the seed that speaks for principals to the gateway alone (I19)', () => {
    const holders = (values: object) =>
      [...readEnvironments({ values })]
        .filter(([, environment]) => 'INTERNAL_SIGNING_KEY' in environment)
        .map(([app]) => app);

    expect(holders(leastValues)).toEqual(['api-gateway']);
    expect(holders({ ...leastValues, peerIdentity: { mode: 'key' } })).toHaveLength(7);
  });

  it.each([
    ['events over RabbitMQ', { EVENT_TRANSPORT: 'rabbitmq', RABBITMQ_URL: expect.stringMatching(/^secret:/) }],
    [
      'events over NATS',
      { EVENT_TRANSPORT: 'nats', EVENT_TOPIC_PREFIX: 'second.', NATS_REPLICAS: '3', NATS_URL: expect.any(String) },
    ],
    [
      'Kafka with TLS and tokens',
      {
        ...{ EVENT_TRANSPORT: 'kafka', KAFKA_TLS: 'true', KAFKA_SASL_MECHANISM: 'oauthbearer' },
        ...{ KAFKA_OAUTH_TOKEN_URL: 'https://id.example.com/token', KAFKA_OAUTH_SCOPE: 'kafka' },
        KAFKA_SASL_PASSWORD: expect.stringMatching(/^secret:/),
      },
    ],
  ])('gives proxy, billing and analytics the variables of %s', (variant, expected) => {
    for (const app of ['proxy', 'billing', 'analytics']) {
      expect(environmentOf(app, variants[variant] ?? {})).toMatchObject(expected);
    }
    expect(environmentOf('auth', variants[variant] ?? {})).not.toHaveProperty('EVENT_TRANSPORT');
  });

  it('gives only the proxies the transport to change to', () => {
    const change = variants['a change from Kafka to RabbitMQ'] ?? {};
    expect(environmentOf('proxy', change)).toMatchObject({
      EVENT_TRANSPORT: 'rabbitmq',
      RABBITMQ_URL: expect.any(String),
    });
    for (const app of ['billing', 'analytics']) {
      expect(environmentOf(app, change)).toMatchObject({ EVENT_TRANSPORT: 'kafka', KAFKA_BROKERS: expect.any(String) });
    }
  });

  it.each([
    ['AUTH_JWT_PRIVATE_KEY', ['auth']],
    ['KEY_PEPPER', ['auth']],
    ['CREDENTIALS_ENCRYPTION_KEY', ['provider-orchestrator', 'proxy']],
    ['BILLING_DATABASE_URL', ['billing']],
    ['KAFKA_BROKERS', ['analytics', 'billing', 'proxy']],
  ])('gives %s to none but %j', (name, expected) => {
    const holders = [...readEnvironments({ values: leastValues })].filter(([, one]) => name in one).map(([app]) => app);
    expect(holders.sort()).toEqual(expected);
  });

  it('leads the gateway to each pod of the proxy, and everybody else by Services of the same release', () => {
    const gateway = environmentOf('api-gateway', { values: leastValues, release: 'second' });

    expect(gateway).toMatchObject({ PROXY_URL: 'http://second-proxy-headless:3003', PROXY_DISCOVERY: 'dns' });
    expect(gateway.AUTH_URL).toBe('http://second-auth:3001');
    expect(environmentOf('proxy', { values: leastValues }).PROVIDER_ORCHESTRATOR_URL).toBe(
      'http://aggregator-provider-orchestrator:3002',
    );
  });

  it('leaves it to a declaration that there is a mock provider, and without an operator says so itself', () => {
    const orchestrator = (values: object) =>
      environmentOf('provider-orchestrator', { values: { ...leastValues, ...values } });
    const mockProvider = { enabled: true };
    const address = { MOCK_BASE_URL: 'http://aggregator-mock-provider:3010/v1' };

    expect(orchestrator({ mockProvider })).toMatchObject({ ...address, MOCK_PROVIDER: 'false' });
    expect(orchestrator({ mockProvider, operator: { enabled: false } })).toMatchObject({
      ...address,
      MOCK_PROVIDER: 'true',
    });
    expect(orchestrator({})).toMatchObject({ MOCK_PROVIDER: 'false' });
    expect(orchestrator({})).not.toHaveProperty('MOCK_BASE_URL');
  });

  it('is overruled by env of the values, and so is what the chart would say', () => {
    const values = { ...leastValues, services: { proxy: { env: { LOG_LEVEL: 'error', MAX_RETRIES: '1' } } } };
    expect(environmentOf('proxy', { values })).toMatchObject({ LOG_LEVEL: 'error', MAX_RETRIES: '1' });
    expect(environmentOf('auth', { values }).LOG_LEVEL).toBe('info');
  });

  it('names the accounts and audiences by which peers are known, of this release and namespace', () => {
    expect(environmentOf('auth', { values: leastValues, release: 'second', namespace: 'elsewhere' })).toMatchObject({
      PEER_SERVICE_ACCOUNT_PREFIX: 'second-',
      PEER_NAMESPACE: 'elsewhere',
      PEER_AUDIENCE_PREFIX: 'elsewhere.second/',
    });
  });

  it('holds no value of a Secret anywhere in what is rendered', () => {
    for (const options of Object.values(variants)) {
      const { text, manifests } = renderChart(options);
      expect(manifests.filter(({ kind }) => kind === 'Secret')).toEqual([]);
      expect(text).not.toMatch(/agk_live_|postgres(ql)?:\/\/|rediss?:\/\/|BEGIN [A-Z ]*PRIVATE/);
      expect(text).not.toMatch(/(PASSWORD|SECRET|PEPPER|_KEY|TOKEN): [^{\s]/);
    }
  });
});
