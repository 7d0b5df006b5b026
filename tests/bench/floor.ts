import { createServer } from 'node:http';
import { createAdmissionStore } from '@aggregator/admission';
import { usageRecordedTopic } from '@aggregator/contracts';
import { createEventLog } from '@aggregator/messaging';
import { createUuidV7 } from '@aggregator/service-kit';
import { openSpool, type SpoolSettlement } from '@aggregator/spool';
import { Pool } from 'undici';

/**
 * The least that a proxy made of the chosen parts can do: one hold and one settlement at Redis, one intent and one settlement
 * in the spool, its shipment to Kafka, one JSON parse of the request and one of the answer. No identity, routing,
 * translation, price, log or metric. What is above this is ours; what is below is the price of HTTP and of the parts.
 */
const [, , port, upstreamUrl = '', directory = ''] = process.argv;
const { REDIS_URL = '', KAFKA_BROKERS = '' } = process.env;
const upstream = new Pool(upstreamUrl, { connections: 256, pipelining: 1 });
const orgId = createUuidV7();
const admission = createAdmissionStore({ redisUrl: REDIS_URL, keyPrefix: `floor:${orgId}:`, onError: () => undefined });
const log = createEventLog(
  {
    eventTransport: 'kafka',
    kafkaBrokers: KAFKA_BROKERS.split(','),
    eventTopicPrefix: `floor.${orgId}.`,
  },
  'floor',
);
const spool = await openSpool({
  ...{
    directory,
    bytesMax: 1024 * 1024 * 1024,
    segmentBytesMax: 16 * 1024 * 1024,
    flushIntervalMs: 50,
    shipBatchMax: 500,
  },
  ship: (events, texts) =>
    log.publish(
      usageRecordedTopic,
      events.map((event, index) => ({ key: event.orgId, value: texts[index] ?? '' })),
    ),
  onError: (error) => console.error(error),
});
await admission.grantCredit({ orgId, leaseId: createUuidV7(), amountNanoUsd: 1_000_000_000_000_000n });

const settlement = (requestId: string): SpoolSettlement => ({
  schema: 'usage.recorded/1',
  ...{ eventId: requestId, requestId, attempt: 1, time: new Date().toISOString(), orgId, userId: orgId, keyId: orgId },
  attempts: [{ provider: 'openai', model: 'gpt-4o-mini', errorCode: null, latencyMs: 3 }],
  ...{ operation: 'chat.completions', provider: 'openai', model: 'gpt-4o-mini' },
  usage: { inputUncached: 12, outputText: 50 },
  price: { version: 'openai/gpt-4o-mini@0123456789abcdef', rates: { inputUncached: '150000', outputText: '600000' } },
  ...{ amountNanoUsd: '31800', estimated: false, outcome: 'completed', errorCode: null, isStreamed: false },
  ...{ latencyMs: 3, ttftMs: null, cache: 'bypass' },
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', async () => {
    const body = Buffer.concat(chunks);
    JSON.parse(body.toString());
    const requestId = createUuidV7();
    await admission.admit({ orgId, requestId, holdNanoUsd: 1000n, holdTtlMs: 60_000, rates: [], concurrency: [] });
    spool.prepareIntent({ eventId: requestId, time: new Date().toISOString(), body: { ...settlement(requestId) } });
    spool.gatherMark(requestId, `${requestId}/1`)();
    const answer: Buffer[] = [];
    upstream.dispatch(
      {
        method: 'POST',
        path: request.url ?? '/',
        headers: { 'content-type': 'application/json', authorization: 'Bearer bench' },
        body,
      },
      {
        onRequestStart: () => undefined,
        onResponseStart: () => undefined,
        onResponseData: (_controller, chunk) => void answer.push(chunk),
        onResponseEnd() {
          const text = JSON.stringify(JSON.parse(Buffer.concat(answer).toString()));
          spool.appendSettlement(settlement(requestId));
          void admission.settle({ orgId, requestId, actualNanoUsd: 500n, actualCosts: {} });
          response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) });
          response.end(text);
        },
        onResponseError: () => void response.destroy(),
      },
    );
  });
});
server.keepAliveTimeout = 60_000;
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.once('SIGTERM', async () => {
  await spool.close();
  await Promise.all([log.close(), admission.close()]);
  process.exit(0);
});
