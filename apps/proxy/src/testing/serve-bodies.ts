import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { chatCompletionRequest, type Principal, toAppError } from '@aggregator/contracts';
import { checkBody } from '@aggregator/service-kit';
import { proxyService } from '../index.ts';
import { ArrivingBodies } from '../requests/arriving-bodies.ts';
import { readRequest } from '../requests/read-request.ts';
import { chooseMemoryMax, Room } from '../routes/room.ts';

/**
 * The proxy's room and the reading of bodies in a separate process, so that a test can give it a small heap: reads,
 * checks and writes each chat as the proxy does, holds it for a moment, and returns its own memory. One key for each value
 * of `x-key`. The first line of its output is its port.
 */
const holdMs = 100;
const config = proxyService.readConfig({ INTERNAL_SIGNING_KEY: Buffer.alloc(32, 1).toString('base64url') });
const room = new Room({
  requestsMax: config.requestsInFlightMax,
  memoryMax: config.bodyBytesInFlightMax ?? chooseMemoryMax(),
  onRefused: () => undefined,
});
const arriving = new ArrivingBodies({ graceMs: 10_000, bytesPerMsMin: 64 });
const limits = { requestsPerMinute: null, tokensPerMinute: null, concurrentRequests: null };
const principals = new Map<string, Principal>();

function findPrincipal(key: string): Principal {
  const [orgId, userId, keyId] = [randomUUID(), randomUUID(), randomUUID()];
  const made: Principal = { orgId, userId, keyId, scopes: ['ai:invoke'], models: null, limits };
  const principal = principals.get(key) ?? made;
  principals.set(key, principal);
  return principal;
}

const server = createServer(async (request, response) => {
  const principal = findPrincipal(String(request.headers['x-key']));
  try {
    const place = room.enter(randomUUID(), principal);
    try {
      const body = await readRequest({ config, arriving }, { request, place });
      const chat = checkBody(chatCompletionRequest, body);
      const sent = Buffer.from(JSON.stringify(chat));
      await wait(holdMs);
      response.end(JSON.stringify({ bytes: sent.length, fields: Object.keys(chat).length }));
    } finally {
      place.leave();
    }
  } catch (error) {
    const { entry, code } = toAppError(error);
    response.writeHead(entry.status).end(JSON.stringify({ code }));
    request.resume();
  }
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' ? address?.port : ''}\n`);
});
