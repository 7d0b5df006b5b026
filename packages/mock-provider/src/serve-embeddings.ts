import type { CheckedEmbeddings } from './check-request.ts';
import { embed, toBase64 } from './embed.ts';
import { type Exchange, pause, sendJson } from './exchange.ts';
import { type Fault, stallMsMax } from './faults.ts';
import type { LedgerRecord, MockLedger } from './ledger.ts';

export async function serveEmbeddings(
  exchange: Exchange,
  ledger: MockLedger,
  record: LedgerRecord,
  { request, texts, dimensions, promptTokens }: CheckedEmbeddings,
  fault: Fault | null,
): Promise<void> {
  if (fault?.kind === 'stall') await pause(stallMsMax, exchange.signal);
  const isCut = fault?.kind === 'cut';
  ledger.settle(record, isCut ? 'failed' : 'completed', isCut ? null : 200);
  if (isCut) {
    exchange.response.destroy();
    return;
  }
  const data = texts.map((text, index) => {
    const vector = embed(text, dimensions);
    const embedding = request.encoding_format === 'base64' ? toBase64(vector) : [...vector];
    return { object: 'embedding', index, embedding };
  });
  const usage = { prompt_tokens: promptTokens, total_tokens: promptTokens };
  const body = JSON.stringify({ object: 'list', data, model: request.model, usage });
  sendJson(exchange.response, 200, fault?.kind === 'malformed' ? body.slice(0, -2) : body);
}
