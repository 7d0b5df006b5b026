import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitFor } from '@aggregator/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { KubernetesConnection } from '../port.ts';
import { type FakeApiServer, startFakeApiServer } from '../testing/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { type ConnectOptions, connectKubernetes } from './connect-kubernetes.ts';

const secrets = { group: '', version: 'v1', plural: 'secrets', kind: 'Secret' };
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases', kind: 'Lease' };
const path = '/api/v1/namespaces/a/secrets/key';

describe('connectKubernetes', () => {
  let server: FakeApiServer;
  let folder: string;
  const connections: KubernetesConnection[] = [];

  beforeEach(async () => {
    server = await startFakeApiServer({ namespace: 'team-a' });
    server.objects.create(secrets, { metadata: { name: 'key', namespace: 'a' } });
    folder = mkdtempSync(join(tmpdir(), 'aggregator-connection-'));
  });
  afterEach(async () => {
    await Promise.all(connections.splice(0).map((connection) => connection.close()));
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function connect(options: ConnectOptions = {}): KubernetesConnection {
    const connection = connectKubernetes({
      kubeconfigPath: server.kubeconfigPath,
      callsPerSecond: 1000,
      callsBurst: 1000,
      ...options,
    });
    connections.push(connection);
    return connection;
  }
  const get = (connection: KubernetesConnection) => connection.request({ method: 'GET', path });

  describe('connections', () => {
    it('are reused: fifty calls, one after the other, take two at most', async () => {
      const connection = connect();
      for (let call = 0; call < 50; call += 1) await get(connection);
      expect(server.connectionsOpened).toBeLessThanOrEqual(2);
    });

    it('are bounded: fifty calls at once take those of the calls at once, and two for the urgent', async () => {
      const connection = connect({ callsAtOnceMax: 2 });
      await Promise.all(Array.from({ length: 50 }, () => get(connection)));
      expect(server.connectionsOpened).toBeLessThanOrEqual(4);
    });

    it('are opened again when the certificates change, and are kept when only the token changes', async () => {
      const clock = createManualClock();
      const kubeconfigPath = join(folder, 'kubeconfig');
      const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
      write('ca.crt', 'one');
      write('token', 'first');
      const config = {
        clusters: [
          {
            name: 'c',
            cluster: { server: server.url, 'certificate-authority': 'ca.crt', 'insecure-skip-tls-verify': true },
          },
        ],
        users: [
          { name: 'u', user: { 'auth-provider': { name: 'tokenFile', config: { tokenFile: join(folder, 'token') } } } },
        ],
        contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
        'current-context': 'x',
      };
      writeFileSync(kubeconfigPath, JSON.stringify(config));
      const connection = connect({ kubeconfigPath, clock });
      await get(connection);
      expect(server.calls.at(-1)?.headers.authorization).toBe('Bearer first');

      write('token', 'second');
      server.fault({ status: 401, times: 1 });
      await get(connection);
      expect(server.calls.at(-1)?.headers.authorization).toBe('Bearer second');
      const opened = server.connectionsOpened;
      expect(opened).toBeLessThanOrEqual(2);

      write('ca.crt', 'two');
      await clock.advance(11_000);
      await get(connection);
      expect(server.connectionsOpened).toBe(opened + 1);
    });
  });

  describe('request', () => {
    it('returns the namespace of the context', () => {
      expect(connect().namespace).toBe('team-a');
    });

    it('throws what the API server said', async () => {
      const call = connect().request({ method: 'GET', path: '/api/v1/namespaces/a/secrets/none' });
      await expect(call).rejects.toMatchObject({
        status: 404,
        reason: 'NotFound',
        message: 'secrets "none" not found',
      });
    });

    it('asks again after 429, no sooner than Retry-After says', async () => {
      server.fault({ status: 429, headers: { 'retry-after': '1' }, times: 1 });
      const startedAtMs = performance.now();
      await get(connect({ random: () => 0 }));
      expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(995);
      expect(server.calls).toHaveLength(2);
    });

    it('throws at once if Retry-After is beyond the deadline', async () => {
      server.fault({ status: 429, headers: { 'retry-after': '60' } });
      await expect(get(connect())).rejects.toMatchObject({ status: 429, retryAfterMs: 60_000 });
      expect(server.calls).toHaveLength(1);
    });

    it.each([{ status: 503 }, { status: 500 }, { instead: 'reset' as const }])('asks again after %o', async (fault) => {
      server.fault({ ...fault, times: 2 });
      await get(connect({ random: () => 0 }));
      expect(server.calls).toHaveLength(3);
    });

    it.each([{ status: 503 }, { instead: 'lostAnswer' as const }])(
      'never repeats a POST that may have been done: %o',
      async (fault) => {
        server.fault(fault);
        const body = { metadata: { name: 'other' } };
        const call = connect().request({ method: 'POST', path: '/api/v1/namespaces/a/secrets', body });
        await expect(call).rejects.toMatchObject({ name: 'KubernetesError' });
        expect(server.calls).toHaveLength(1);
      },
    );

    it('gives up after five attempts', async () => {
      server.fault({ status: 500 });
      await expect(get(connect({ random: () => 0 }))).rejects.toMatchObject({ status: 500 });
      expect(server.calls).toHaveLength(5);
    });

    it('does not repeat what is wrong', async () => {
      server.fault({ status: 403 });
      await expect(get(connect())).rejects.toMatchObject({ status: 403, reason: 'Forbidden' });
      expect(server.calls).toHaveLength(1);
    });

    it('takes a server that hangs for dead after the deadline', async () => {
      server.fault({ instead: 'hang' });
      const call = connect().request({ method: 'GET', path, deadlineMs: 50 });
      await expect(call).rejects.toMatchObject({ status: 0, reason: 'Deadline' });
    });

    it('ends with the caller and with the connection', async () => {
      server.fault({ instead: 'hang' });
      const connection = connect();
      await expect(connection.request({ method: 'GET', path, signal: AbortSignal.timeout(20) })).rejects.toMatchObject({
        name: 'TimeoutError',
      });
      const hung = expect(get(connection)).rejects.toMatchObject({ reason: 'Closed' });
      await connection.close();
      await hung;
    });

    it('keeps to its own rate, and lets the urgent go first', async () => {
      const connection = connect({ callsPerSecond: 20, callsBurst: 1, callsAtOnceMax: 1 });
      const done: string[] = [];
      const ask = (name: string, priority: 'high' | 'normal') =>
        connection.request({ method: 'GET', path, priority }).then(() => done.push(name));
      const startedAtMs = performance.now();
      await Promise.all([ask('first', 'normal'), ask('late', 'normal'), ask('urgent', 'high')]);
      expect(done.at(-1)).toBe('late');
      expect(performance.now() - startedAtMs).toBeGreaterThanOrEqual(90);
    });

    it('lets a lease through while everything else hangs', async () => {
      server.fault({ instead: 'hang', matches: (call) => call.path.includes('secrets') });
      server.objects.create(leases, { metadata: { name: 'leader', namespace: 'a' } });
      const connection = connect({ callsAtOnceMax: 2 });
      const hung = [get(connection), get(connection), get(connection)].map((call) => call.catch(() => undefined));
      const lease = '/apis/coordination.k8s.io/v1/namespaces/a/leases/leader';
      await connection.request({ method: 'GET', path: lease, priority: 'high', deadlineMs: 2000 });
      await connection.close();
      await Promise.all(hung);
    });
  });

  describe('stream', () => {
    const watch = { path: '/api/v1/secrets', query: { watch: 'true' }, idleMsMax: 5000 };

    it('fails when no byte came for too long', async () => {
      const lines = await connect().stream({ ...watch, idleMsMax: 500, signal: new AbortController().signal });
      await expect(readAll(lines)).rejects.toMatchObject({ reason: 'Silent' });
      await waitFor(() => server.watches.size === 0, { describe: 'the connection to be closed' });
    });

    it('yields whole lines, and fails at one that was cut', async () => {
      const lines = await connect().stream({ ...watch, signal: new AbortController().signal });
      const seen: string[] = [];
      const reading = expect(readAll(lines, seen)).rejects.toMatchObject({ status: 0 });
      server.watches.write('{"a":"é');
      server.watches.write('"}\n\n{"b":1}\n');
      await waitFor(() => seen.length === 2, { describe: 'two lines' });
      server.watches.cut('{"c"');
      await reading;
      expect(seen).toEqual(['{"a":"é"}', '{"b":1}']);
    });

    it('ends a line that does not end', async () => {
      const lines = await connect().stream({ ...watch, signal: new AbortController().signal });
      server.watches.write('x'.repeat(9 * 1024 * 1024));
      await expect(readAll(lines)).rejects.toMatchObject({ reason: 'LineTooLong' });
    });

    it('throws when it cannot be opened: refused, or hung', async () => {
      server.fault({ status: 410, times: 1 });
      const signal = new AbortController().signal;
      await expect(connect().stream({ ...watch, signal })).rejects.toMatchObject({ status: 410, reason: 'Expired' });
      server.fault({ instead: 'hang' });
      await expect(connect().stream({ ...watch, idleMsMax: 50, signal })).rejects.toMatchObject({ reason: 'Deadline' });
    });
  });
});

async function readAll(lines: AsyncIterable<string>, into: string[] = []): Promise<string[]> {
  for await (const line of lines) into.push(line);
  return into;
}
