import { mockModels } from '@aggregator/providers';
import { type Exchange, sendJson, write } from './exchange.ts';
import type { MockLedger } from './ledger.ts';
import { Refusal } from './refusal.ts';
import { toOpenAiUsage } from './usage-body.ts';

export function serveModels({ response }: Exchange): void {
  const data = mockModels.map(({ id }) => ({ id, object: 'model', created: 0, owned_by: 'mock' }));
  sendJson(response, 200, JSON.stringify({ object: 'list', data }));
}

/** Responds with 200 and the usage of the attempt, with 404 if it never came, with 409 while it is running. */
export async function serveUsage(
  { response }: Exchange,
  ledger: MockLedger,
  encodedId: string,
  waitMs: number,
): Promise<void> {
  const attemptId = decode(encodedId);
  await ledger.waitUntilSettled(attemptId, waitMs);
  const states = ledger.find(attemptId).map((record) => record.state);
  if (states.length === 0) {
    throw new Refusal(404, { message: 'No such attempt came here.', code: 'usage_record_not_found' });
  }
  if (ledger.isOpen(attemptId)) {
    throw new Refusal(409, { message: 'The attempt is still going on.', code: 'usage_record_unsettled' });
  }
  const usage = toOpenAiUsage(ledger.readUsage(attemptId));
  sendJson(response, 200, JSON.stringify({ object: 'usage_record', attempt_id: attemptId, states, usage }));
}

/** Every record as a line of JSON. */
export async function serveLedger(exchange: Exchange, ledger: MockLedger): Promise<void> {
  const { response } = exchange;
  response.writeHead(200, { 'content-type': 'application/jsonl' });
  for (const record of ledger.records()) await write(exchange, `${JSON.stringify(record)}\n`);
  response.end();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Refusal(400, { message: 'The id of the attempt is not URL-encoded.' });
  }
}
