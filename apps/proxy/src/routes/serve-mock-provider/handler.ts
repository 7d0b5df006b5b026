import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, type Socket } from 'node:net';
import { AppError } from '@aggregator/contracts';
import type { MockProvider } from '@aggregator/mock-provider';
import { sendOpenAiError } from '@aggregator/service-kit';
import type { ProxyContext } from '../../proxy-context.ts';
import { readPath } from '../answer-ai-request.ts';

const mount = '/mock/v1';
const loopback = createLoopback();

/** True if an address is below the built-in mock provider's. */
export function isMockPath(path: string): boolean {
  return path.startsWith(`${mount}/`);
}

/** The built-in mock provider, for this machine alone unless configured otherwise: it takes no credential. */
export function serveMockProvider(
  { config }: Pick<ProxyContext, 'config'>,
  mockProvider: MockProvider,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  if (!config.mockProviderRemote && !isFromHere(request.socket)) {
    sendOpenAiError(response, new AppError('not_found'));
    request.resume();
    return;
  }
  mockProvider.handleRequest(request, response, readPath(request).slice(mount.length));
}

/** From this machine, also by its own address in a network. */
export function isFromHere({ localAddress, remoteAddress }: Pick<Socket, 'localAddress' | 'remoteAddress'>): boolean {
  if (remoteAddress === undefined) return false;
  if (remoteAddress === localAddress) return true;
  return loopback.check(remoteAddress, remoteAddress.includes(':') ? 'ipv6' : 'ipv4');
}

function createLoopback(): BlockList {
  const list = new BlockList();
  list.addSubnet('127.0.0.0', 8, 'ipv4');
  list.addSubnet('::ffff:127.0.0.0', 104, 'ipv6');
  list.addAddress('::1', 'ipv6');
  return list;
}
