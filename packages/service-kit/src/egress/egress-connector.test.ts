import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Agent, request } from 'undici';
import { createEgressAllowlist, emptyAllowlist } from './egress-allowlist.ts';
import { createEgressConnector, EgressRefused } from './egress-connector.ts';

type Resolver = NonNullable<Parameters<typeof createEgressConnector>[2]>;

const resolveTo =
  (...answers: string[][]): Resolver =>
  (_host, _options, callback) => {
    const addresses = (answers.length > 1 ? answers.shift() : answers[0]) ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };

describe('a guarded connection', () => {
  let server: Server;
  let port: number;
  let requests: number;
  let agents: Agent[];

  beforeEach(async () => {
    requests = 0;
    agents = [];
    server = createServer((_request, response) => {
      requests += 1;
      response.setHeader('connection', 'close');
      response.end('hello');
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    port = (server.address() as AddressInfo).port;
  });
  afterEach(async () => {
    await Promise.all(agents.map((agent) => agent.destroy()));
    server.close();
  });

  async function call(host: string, options: { allow?: string[]; resolve?: Resolver } = {}): Promise<number> {
    const allowlist = options.allow === undefined ? emptyAllowlist : createEgressAllowlist(options.allow);
    const agent = new Agent({ connect: createEgressConnector(allowlist, {}, options.resolve) });
    agents.push(agent);
    const answer = await request(`http://${host}:${port}/`, { dispatcher: agent });
    await answer.body.dump();
    return answer.statusCode;
  }

  it.each(['127.0.0.1', 'localhost'])('refuses %s, and nothing is sent', async (host) => {
    await expect(call(host)).rejects.toThrow(EgressRefused);
    expect(requests).toBe(0);
  });

  it('refuses a public name that resolves to a private address at that moment', async () => {
    await expect(call('api.example.com', { resolve: resolveTo(['127.0.0.1']) })).rejects.toThrow(EgressRefused);
    expect(requests).toBe(0);
  });

  it('refuses a name of which one address among public ones is private', async () => {
    const mixed = resolveTo(['2606:4700:4700::1111', '8.8.8.8', '127.0.0.1']);

    await expect(call('api.example.com', { resolve: mixed })).rejects.toThrow(EgressRefused);
  });

  it('refuses a name that resolves to nothing', async () => {
    await expect(call('api.example.com', { resolve: resolveTo([]) })).rejects.toThrow(EgressRefused);
  });

  it('checks every new connection, so that a saved name cannot be pointed to another address later', async () => {
    const turned = resolveTo(['127.0.0.1'], ['10.0.0.1']);

    expect(await call('llm.example.com', { allow: ['127.0.0.1'], resolve: turned })).toBe(200);
    await expect(call('llm.example.com', { allow: ['127.0.0.1'], resolve: turned })).rejects.toThrow(EgressRefused);
    expect(requests).toBe(1);
  });

  it('goes through to what the installation allows, by host and by network', async () => {
    const inner = resolveTo(['127.0.0.1']);

    expect(await call('127.0.0.1', { allow: ['127.0.0.0/8'] })).toBe(200);
    expect(await call('llm.internal', { allow: ['llm.internal'], resolve: inner })).toBe(200);
    expect(await call('llm.internal', { allow: [`llm.internal:${port}`], resolve: inner })).toBe(200);
    await expect(call('llm.internal', { allow: ['llm.internal:1'], resolve: inner })).rejects.toThrow(EgressRefused);
  });
});
