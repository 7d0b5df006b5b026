import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ProviderType } from '@aggregator/contracts';
import { createEgressConnector, emptyAllowlist, Secret } from '@aggregator/service-kit';
import { afterEach, describe, expect, it } from '@jest/globals';
import { Agent } from 'undici';
import { probeProvider } from './probe-provider.ts';

describe('a probe', () => {
  const closers: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (let close = closers.pop(); close !== undefined; close = closers.pop()) await close();
  });

  async function serve(listener: RequestListener): Promise<string> {
    const server: Server = createServer(listener);
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    closers.push(async () => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`;
  }

  function probe(
    baseUrl: string,
    keys: string[] = ['sk-good'],
    options: Agent.Options = {},
    deadlineMs = 2000,
    type: ProviderType = 'OpenAI',
  ) {
    const dispatcher = new Agent(options);
    closers.push(() => dispatcher.destroy());
    const secrets = keys.map((key) => new Secret(key));
    return probeProvider({ name: 'p', facts: '', type, baseUrl, options: {}, secrets, dispatcher }, deadlineMs);
  }

  it.each([200, 204, 400, 404, 405, 429])('that is answered with %i finds the provider alive', async (status) => {
    const baseUrl = await serve((_request, response) => void response.writeHead(status).end());

    expect(await probe(baseUrl)).toBeNull();
  });

  it.each([
    [500, 'upstream_error (500)'],
    [503, 'upstream_error (503)'],
    [302, 'upstream_error (302)'],
    [401, 'upstream_misconfigured (401)'],
    [403, 'upstream_misconfigured (403)'],
  ])('that is answered with %i fails with %s, and a redirect is not followed', async (status, reason) => {
    let requests = 0;
    const baseUrl = await serve((_request, response) => {
      requests += 1;
      response.writeHead(status, { location: '/v1/elsewhere' }).end();
    });

    expect(await probe(baseUrl)).toBe(reason);
    expect(requests).toBe(1);
  });

  it('sees that a key is refused where the provider says so with 400, and by no other 400', async () => {
    const wrongKey = {
      error: {
        code: 400,
        message: 'API key not valid. Please pass a valid API key.',
        status: 'INVALID_ARGUMENT',
        details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }],
      },
    };
    const baseUrl = await serve((request, response) => {
      response.writeHead(400).end(request.headers['x-goog-api-key'] === 'odd' ? '{}' : JSON.stringify(wrongKey));
    });

    expect(await probe(baseUrl, ['bad'], {}, 2000, 'Gemini')).toBe('upstream_misconfigured (400)');
    expect(await probe(baseUrl, ['odd'], {}, 2000, 'Gemini')).toBeNull();
  });

  it('tries the next key where one is refused, and no other where the provider is down', async () => {
    const seen: (string | undefined)[] = [];
    const baseUrl = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.writeHead(request.headers.authorization === 'Bearer sk-good' ? 200 : 401).end('{}');
    });

    expect(await probe(baseUrl, ['sk-old', 'sk-good', 'sk-other'])).toBeNull();
    expect(seen).toEqual(['Bearer sk-old', 'Bearer sk-good']);

    let requests = 0;
    const down = await serve((_request, response) => {
      requests += 1;
      response.writeHead(500).end();
    });
    expect(await probe(down, ['a', 'b'])).toBe('upstream_error (500)');
    expect(requests).toBe(1);
  });

  it('ends at its deadline where nothing is answered, or the answer never ends', async () => {
    const silent = await serve(() => undefined);
    const endless = await serve((_request, response) => {
      response.writeHead(200);
      response.write('x');
    });

    expect(await probe(silent, ['k'], {}, 100)).toBe('upstream_timeout');
    expect(await probe(endless, ['k'], {}, 100)).toBe('upstream_timeout');
  });

  it('reads no more than a bounded part of an answer', async () => {
    let written = 0;
    const baseUrl = await serve((_request, response) => {
      response.writeHead(200);
      const chunk = Buffer.alloc(64 * 1024);
      const write = () => {
        while (written < 64 * 1024 * 1024 && !response.destroyed) {
          written += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', write);
        }
        response.end();
      };
      write();
    });

    expect(await probe(baseUrl)).toBeNull();
    expect(written).toBeLessThan(16 * 1024 * 1024);
  });

  it('fails when no server listens, and when the address is not public', async () => {
    expect(await probe('http://127.0.0.1:9/v1')).toBe('upstream_unreachable');
    const baseUrl = await serve((_request, response) => void response.end());

    expect(await probe(baseUrl, ['k'], { connect: createEgressConnector(emptyAllowlist) })).toBe('invalid_base_url');
  });
});
