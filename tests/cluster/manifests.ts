import { crdApiVersion, credentialLabel } from '@aggregator/contracts';

/** Custom resources and Secrets as tests apply them. JSON is YAML. */

export function mockProvider(
  name: string,
  mock: Record<string, unknown> = {},
  spec: Record<string, unknown> = {},
): string {
  return JSON.stringify({
    apiVersion: crdApiVersion,
    kind: 'Provider',
    metadata: { name },
    spec: { type: 'Mock', mock, ...spec },
  });
}

/** A provider of OpenAI's dialect at an address inside the cluster, with one key and one model of its name. */
export function compatibleProvider(name: string, baseURL: string, secret: string, spec: object = {}): string {
  return JSON.stringify({
    apiVersion: crdApiVersion,
    kind: 'Provider',
    metadata: { name },
    spec: {
      type: 'OpenAICompatible',
      endpoint: { baseURL, tls: 'Disabled' },
      credentials: { apiKeys: [{ name: 'primary', secretKeyRef: { name: secret, key: 'api-key' } }] },
      discovery: { mode: 'Static' },
      models: [
        {
          name: 'mock-small',
          contextTokens: 128_000,
          maxOutputTokens: 16_384,
          pricing: { inputPerMillion: '0.15', outputPerMillion: '0.60' },
        },
      ],
      ...spec,
    },
  });
}

export function keySecret(name: string, apiKey: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name, labels: { [credentialLabel]: 'true' } },
    stringData: { 'api-key': apiKey },
  });
}
