import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { emptyAllowlist, readTlsFiles } from '@aggregator/service-kit';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callProvider } from './call-provider.ts';
import { AnswerCollector } from './collect-answer.ts';
import { ProviderPools } from './provider-pools.ts';

const file = (name: string) => fileURLToPath(new URL(`./__fixtures__/tls/${name}.pem`, import.meta.url));
const read = (name: string) => readFileSync(file(name), 'utf8');

/** A server whose certificate no system knows, and that takes only clients with one of its authority's. */
let server: Server;
let baseUrl: string;
beforeAll(async () => {
  const tls = { cert: read('server'), key: read('server-key'), ca: read('ca'), requestCert: true };
  server = createServer(tls, (_request, response) => void response.end('{}')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  baseUrl = `https://localhost:${Object(server.address() as AddressInfo).port}/v1`;
});
afterAll(async () => {
  server.close();
  await once(server, 'close');
});

async function call(environment: Record<string, string>, options: Record<string, string>, isAddressTrusted = true) {
  const tlsFiles = readTlsFiles(environment);
  const pools = new ProviderPools({ connectionsMax: 2, allowlist: emptyAllowlist, proxies: {}, tlsFiles });
  const collector = new AnswerCollector();
  const limits = { deadlineMs: performance.now() + 5000, firstLifeMs: 5000, idleMs: 5000 };
  const pool = pools.take({ name: 'p', baseUrl, isAddressTrusted, options }, null);
  callProvider(pool, { method: 'GET', url: `${baseUrl}/models`, headers: {} }, null, limits, collector);
  try {
    return (await collector.answer).status;
  } finally {
    await pools.close();
  }
}

const files = {
  CUSTOM_GPU_CA_FILE: file('ca'),
  CUSTOM_GPU_CERTIFICATE_FILE: file('client'),
  CUSTOM_GPU_PRIVATE_KEY_FILE: file('client-key'),
};

describe('a private server with its own authority (C-S4)', () => {
  it('is called with the files that the environment names for it', async () => {
    await expect(call(files, { tls: 'CUSTOM_GPU' })).resolves.toBe(200);
  });

  it('is not called without its authority, and does not answer a client without a certificate', async () => {
    await expect(call({}, {})).rejects.toMatchObject({ code: 'upstream_unreachable' });
    await expect(call(files, { tls: 'CUSTOM_OTHER' })).rejects.toMatchObject({ code: 'upstream_unreachable' });
    const { CUSTOM_GPU_CA_FILE } = files;
    await expect(call({ CUSTOM_GPU_CA_FILE }, { tls: 'CUSTOM_GPU' })).rejects.toThrow();
  });

  it('gives its files to no provider that the API declared', async () => {
    await expect(call(files, { tls: 'CUSTOM_GPU' }, false)).rejects.toMatchObject({ code: 'upstream_misconfigured' });
  });
});

describe('the TLS files of the environment', () => {
  it('are refused if one cannot be read, or a certificate has no key', () => {
    expect(() => readTlsFiles({ CUSTOM_CA_FILE: file('gone') })).toThrow('CUSTOM_CA_FILE');
    expect(() => readTlsFiles({ CUSTOM_CERTIFICATE_FILE: file('client') })).toThrow('CUSTOM_CERTIFICATE_FILE');
  });
});
