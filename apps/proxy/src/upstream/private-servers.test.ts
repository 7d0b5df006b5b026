import { once } from 'node:events';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createEgressAllowlist, emptyAllowlist, packTls, readTlsFiles } from '@aggregator/service-kit';
import { certificatePath as file, readCertificate as read } from '@aggregator/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { callProvider } from './call-provider.ts';
import { AnswerCollector } from './collect-answer.ts';
import { ProviderPools } from './provider-pools.ts';

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

const call = (environment: Record<string, string>, options: Record<string, string>, isAddressTrusted = true) =>
  callBy({ allowlist: emptyAllowlist, tlsFiles: readTlsFiles(environment) }, options, isAddressTrusted);

async function callBy(
  parts: Omit<ConstructorParameters<typeof ProviderPools>[0], 'connectionsMax' | 'proxies'>,
  options: Record<string, string>,
  isAddressTrusted = false,
) {
  const pools = new ProviderPools({ connectionsMax: 2, proxies: {}, ...parts });
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

describe('a private server whose resource names a Secret with certificates', () => {
  const secrets = new Map([
    ['stored:both', packTls({ ca: read('ca'), cert: read('client'), key: read('client-key') })],
    ['stored:authority', packTls({ ca: read('ca') })],
    ['stored:client', packTls({ cert: read('client'), key: read('client-key') })],
    ['stored:key', 'sk-no-certificate'],
  ]);
  const callWith = (reference: string) =>
    callBy(
      {
        allowlist: createEgressAllowlist(['localhost', '127.0.0.0/8', '::1/128']),
        readSecret: (named) => secrets.get(named) ?? null,
      },
      { tls: reference },
    );

  it('is called with its authority and the certificate of the client', async () => {
    await expect(callWith('stored:both')).resolves.toBe(200);
  });

  it('is not called without either', async () => {
    await expect(callWith('stored:client')).rejects.toMatchObject({ code: 'upstream_unreachable' });
    await expect(callWith('stored:authority')).rejects.toThrow();
  });

  it('is not called without the secret: the certificates of the system are not what its operator chose', async () => {
    for (const reference of ['stored:key', 'stored:gone'])
      await expect(callWith(reference)).rejects.toMatchObject({ code: 'upstream_misconfigured' });
  });
});

describe('the TLS files of the environment', () => {
  it('are refused if one cannot be read, or a certificate has no key', () => {
    expect(() => readTlsFiles({ CUSTOM_CA_FILE: `${file('ca')}.gone` })).toThrow('CUSTOM_CA_FILE');
    expect(() => readTlsFiles({ CUSTOM_CERTIFICATE_FILE: file('client') })).toThrow('CUSTOM_CERTIFICATE_FILE');
  });
});
