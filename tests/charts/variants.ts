import { monitoringApi, type RenderOptions } from './render-chart.ts';

const secrets = {
  databases: { auth: 'db', 'provider-orchestrator': 'db', billing: 'db', analytics: 'db' },
  redis: 'redis',
  kafka: 'kafka',
  keys: 'keys',
  seed: 'seed',
};

/** The least that an installation must say. */
export const leastValues = { existingSecrets: secrets };

const autoscaled = (mode: 'cpu' | 'pods' | 'keda') => ({
  ...leastValues,
  services: {
    proxy: { autoscaling: { enabled: true, mode } },
    'api-gateway': { autoscaling: { enabled: true, mode } },
  },
});

/** What is rendered, linted and shown to an API server: each environment, and each feature where it is unlike them. */
export const variants: Readonly<Record<string, RenderOptions>> = {
  dev: { environment: 'dev' },
  staging: { environment: 'staging' },
  production: { environment: 'production', apiVersions: [monitoringApi] },
  least: { values: leastValues },
  'another release': { values: leastValues, release: 'second', namespace: 'elsewhere' },
  'one shared key': { values: { ...leastValues, peerIdentity: { mode: 'key' } } },
  'all namespaces': { values: { ...leastValues, operator: { clusterWide: true } } },
  'named Secrets': { values: { ...leastValues, operator: { secretNames: ['openai', 'anthropic'] } } },
  'some namespaces': { values: { ...leastValues, operator: { watchNamespaces: ['team-a', 'team-b'] } } },
  'no operator': { values: { ...leastValues, operator: { enabled: false } } },
  'migrations as Jobs': { values: { ...leastValues, migrations: { mode: 'job' } } },
  'a private authority, and users that the cluster chooses': {
    values: {
      ...leastValues,
      podSecurity: { userId: null },
      caBundle: { configMap: 'company-ca', key: 'bundle.pem' },
      seed: { enabled: true },
      defaults: {
        extraVolumes: [{ name: 'extra', configMap: { name: 'extra' } }],
        extraVolumeMounts: [{ name: 'extra', mountPath: '/extra', readOnly: true }],
      },
    },
  },
  'mails by SMTP': {
    values: {
      cors: { origins: ['https://app.example.com', 'https://b.example.com'] },
      existingSecrets: { ...secrets, smtp: 'smtp' },
      accounts: {
        ...{ signUp: 'domains', signUpDomains: ['example.com', 'example.org'], publicUrl: 'https://ai.example.com' },
        sso: { enabled: true, issuerAllowlist: ['keycloak.internal:8443'] },
        webhooks: { enabled: true, allowlist: ['hooks.internal:8443'] },
        leakedKeys: { action: 'block', scannerKeys: ['scanner1:MFkw'] },
        mail: { transport: 'smtp', from: 'AI Aggregator <noreply@example.com>' },
      },
    },
  },
  'alerts of the product': {
    values: {
      existingSecrets: { ...secrets, smtp: 'smtp', alerts: 'alerts' },
      accounts: { mail: { transport: 'smtp', from: 'alerts@example.com' } },
      alerts: { enabled: true, mailTo: ['ops@example.com'], channels: ['webhook', 'slack', 'telegram'] },
      monitoring: { prometheusRule: { runbookBaseUrl: 'https://example.com/runbooks' } },
    },
  },
  'jobs by RabbitMQ': {
    values: { existingSecrets: { ...secrets, rabbitmq: 'rabbitmq' }, workQueue: { kind: 'rabbitmq' } },
  },
  'payments by Stripe': {
    values: {
      existingSecrets: { ...secrets, stripe: 'stripe' },
      payments: { provider: 'stripe' },
      accounts: { publicUrl: 'https://ai.example.com' },
    },
  },
  'reports of an own secret scanner': {
    values: { existingSecrets: { ...secrets, leakReports: 'leak-reports' } },
  },
  'payments by YooKassa': {
    values: {
      existingSecrets: { ...secrets, yookassa: 'yookassa' },
      payments: { provider: 'yookassa' },
      accounts: { publicUrl: 'https://ai.example.com' },
    },
  },
  'events over RabbitMQ': {
    values: { existingSecrets: { ...secrets, kafka: '', rabbitmq: 'rabbitmq' }, events: { transport: 'rabbitmq' } },
  },
  'events over NATS': {
    values: {
      existingSecrets: { ...secrets, kafka: '', nats: 'nats' },
      events: { transport: 'nats', topicPrefix: 'second.' },
    },
  },
  'a change from Kafka to RabbitMQ': {
    values: { existingSecrets: { ...secrets, rabbitmq: 'rabbitmq' }, events: { publishers: 'rabbitmq' } },
  },
  'Kafka with TLS and tokens': {
    values: {
      ...leastValues,
      kafka: {
        tls: { enabled: true },
        sasl: { mechanism: 'oauthbearer', tokenUrl: 'https://id.example.com/token', scope: 'kafka' },
      },
    },
  },
  'traces of a tenth of the requests': {
    values: { ...leastValues, traces: { endpoint: 'http://collector.monitoring:4318', sampleRatio: 0.1 } },
  },
  'migrations elsewhere': { values: { ...leastValues, migrations: { mode: 'external' } } },
  'autoscaled by pods': { values: autoscaled('pods') },
  'autoscaled by KEDA': { values: autoscaled('keda') },
  'external Secrets': {
    values: {
      externalSecrets: {
        enabled: true,
        storeRef: { name: 'vault', kind: 'ClusterSecretStore' },
        remoteKeys: { databases: 'a/db', redis: 'a/redis', kafka: 'a/kafka', keys: 'a/keys', providers: 'a/providers' },
      },
      migrations: { mode: 'job' },
    },
  },
  'Gateway API': {
    values: {
      ...leastValues,
      httpRoute: {
        enabled: true,
        parentRefs: [{ name: 'public', namespace: 'gateways', sectionName: 'https' }],
        hostnames: ['ai.example.com'],
      },
    },
  },
  'everything said': {
    apiVersions: [monitoringApi],
    values: {
      ...leastValues,
      global: { imageRegistry: 'registry.example.com', imagePullSecrets: ['pull'] },
      defaults: {
        image: { digest: `sha256:${'a'.repeat(64)}` },
        env: { LOG_LEVEL: 'warn' },
        podAnnotations: { note: 'a pod' },
        podLabels: { team: 'ai' },
        serviceAccountAnnotations: { role: 'arn' },
        nodeSelector: { disk: 'fast' },
        tolerations: [{ key: 'ai', operator: 'Exists' }],
        affinity: { nodeAffinity: {} },
        priorityClassName: 'high',
      },
      gatewayService: { type: 'NodePort', nodePort: 30300, annotations: { note: 'a door' } },
      baseUrlAllowlist: ['llm.internal:8000'],
      networkPolicy: {
        providers: {
          extra: [{ to: [{ ipBlock: { cidr: '10.1.0.0/16' } }], ports: [{ protocol: 'TCP', port: 8000 }] }],
        },
      },
      monitoring: {
        serviceMonitor: { enabled: true, labels: { release: 'prometheus' } },
        prometheusRule: { enabled: true, runbookBaseUrl: 'https://example.com/runbooks/' },
        dashboards: { enabled: true },
      },
      extraObjects: [
        { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: '{{ .Release.Name }}-extra' }, data: { a: 'b' } },
      ],
    },
  },
};
