import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { adapterFor, mockType, type ProviderTarget, SseParser, type UsageRecordAnswer } from '@aggregator/providers';
import { afterEach, beforeEach } from '@jest/globals';
import type { LedgerRecord } from '../ledger.ts';
import type { MockProviderOptions } from '../mock-provider.ts';
import { type MockProviderServer, startMockProviderServer } from '../mock-provider-server.ts';

export const adapter = adapterFor(mockType);
export const messages = [{ role: 'user' as const, content: 'Hello there' }];
/** Five tokens of prompt. */
export const chat = { model: 'mock-small', messages };

const conditionDeadlineMs = 60_000;

/** A mock provider for the tests of one file: started by each test as it needs it, closed after each. */
export class RunningMock {
  #server: MockProviderServer | null = null;
  #folder = '';

  constructor() {
    beforeEach(() => {
      this.#folder = mkdtempSync(join(tmpdir(), 'mock-provider-'));
    });
    afterEach(async () => {
      await this.close();
      rmSync(this.#folder, { recursive: true });
    });
  }

  async start(options: MockProviderOptions = {}): Promise<void> {
    this.#server = await startMockProviderServer({ port: 0, wordsPerAnswer: 8, usageWaitMs: 100, ...options });
  }

  async close(): Promise<void> {
    await this.#server?.close();
  }

  get server(): MockProviderServer {
    if (this.#server === null) throw new Error('not started');
    return this.#server;
  }

  get ledgerPath(): string {
    return join(this.#folder, 'ledger.jsonl');
  }

  get lastRecord(): LedgerRecord | undefined {
    return this.server.ledger.records().at(-1);
  }

  target(attemptId: string): ProviderTarget {
    const options = { maxOutputTokens: null, options: {} };
    return { baseUrl: this.server.url, credential: null, model: 'mock-small', attemptId, ...options };
  }

  post(path: string, body: unknown, attemptId = 'request/1', signal?: AbortSignal): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': attemptId },
      body: typeof body === 'string' ? body : JSON.stringify(body),
      ...(signal !== undefined && { signal }),
    });
  }

  /** Returns the provider's own record, through the adapter. */
  async lookUp(attemptId: string): Promise<UsageRecordAnswer | undefined> {
    const endpoint = adapter.usageRecord?.endpoint(this.target(attemptId));
    const response = await fetch(endpoint?.url ?? '', { headers: endpoint?.headers ?? {} });
    return adapter.usageRecord?.parse(response.status, await response.text());
  }

  async waitUntil(condition: () => boolean): Promise<void> {
    const deadline = Date.now() + conditionDeadlineMs;
    while (!condition()) {
      if (Date.now() > deadline) throw new Error('the condition did not come true in time');
      await new Promise(setImmediate);
    }
  }
}

/** Reads a stream to its end, however it ends. */
export async function readChat(response: Response) {
  const translator = adapter.chat.createStream({ includeUsage: false });
  const parser = new SseParser();
  let isTorn = false;
  try {
    for await (const bytes of response.body ?? []) {
      for (const event of parser.push(Buffer.from(bytes))) translator.push(event);
    }
  } catch {
    isTorn = true;
  }
  return { translator, isTorn };
}
