import { AppError, isRecord, parseRecord, toAppError } from '@aggregator/contracts';
import { sendJson } from '../answers/send-json.ts';
import type { Exchange } from '../exchange.ts';
import {
  isUnfinished,
  lifeMs,
  type StoredResponse,
  type StoredResponses,
  toFailed,
} from '../remembered/responses/stored-responses.ts';
import { DetachedResponse } from './detached-response.ts';

/** Looks whether the response was cancelled at another proxy; also says that it is under way. */
const lookEachMs = lifeMs / 20;

/** Responses in the background that this proxy makes, by their ids. They are bounded as requests are. */
export type BackgroundRuns = Map<string, BackgroundRun>;

export interface BackgroundFacts {
  readonly responses: StoredResponses;
  readonly runs: BackgroundRuns;
  readonly exchange: Exchange;
  readonly isStreamed: boolean;
  /** The response before anything was said, and all items that it is made from. */
  readonly unfinished: StoredResponse;
}

/**
 * One response that is made after the request that asked for it is over. It keeps its place and its limits until then. Its state
 * is in the store, so that every proxy shows and cancels it.
 */
export class BackgroundRun {
  readonly #facts: BackgroundFacts;
  readonly #detached: DetachedResponse;
  readonly #id: string;
  #timer: NodeJS.Timeout | undefined;
  #hasBegun = false;
  #failure: AppError | null = null;

  private constructor(facts: BackgroundFacts) {
    this.#facts = facts;
    this.#detached = new DetachedResponse(facts.exchange.response, facts.isStreamed);
    this.#id = String(facts.unfinished.response.id);
  }

  /**
   * Does the work with an exchange whose response outlives the client's. `work` calls `begin` when the response is accepted: the
   * client has its answer then, and what is thrown later is stored. Before that it is thrown.
   */
  static async run(
    facts: BackgroundFacts,
    work: (exchange: Exchange, begin: () => void) => Promise<void>,
  ): Promise<void> {
    const run = new BackgroundRun(facts);
    await run.#store();
    try {
      await work({ ...facts.exchange, response: run.#detached }, run.#begin);
    } catch (thrown) {
      if (!run.#hasBegun) await facts.responses.delete(facts.exchange.principal, run.#id);
      if (!run.#hasBegun) throw thrown;
      run.#failure = toAppError(thrown);
    } finally {
      await run.#end();
    }
  }

  readonly cancel = (): void => this.#detached.cancel();

  async #store(): Promise<void> {
    const { responses, runs, exchange, unfinished } = this.#facts;
    if (!(await responses.keep(exchange.principal, unfinished))) {
      throw new AppError('request_too_large', {
        param: 'background',
        message: 'A response in the background is stored, and this request is too long for that.',
      });
    }
    await responses.noteLife(exchange.principal, this.#id);
    runs.set(this.#id, this);
    this.#timer = setInterval(() => void this.#look(), lookEachMs);
  }

  async #look(): Promise<void> {
    const { responses, exchange } = this.#facts;
    if (!(await responses.noteLife(exchange.principal, this.#id))) this.cancel();
  }

  readonly #begin = (): void => {
    this.#hasBegun = true;
    const { exchange, isStreamed, unfinished } = this.#facts;
    if (isStreamed) return;
    for (const [name, value] of Object.entries(this.#detached.getHeaders())) {
      if (value !== undefined) exchange.response.setHeader(name, value);
    }
    sendJson(exchange.response, { ...unfinished.response, status: 'queued' });
  };

  /** A response that did not end by itself is stored as cancelled or failed. */
  async #end(): Promise<void> {
    clearInterval(this.#timer);
    const { responses, runs, exchange } = this.#facts;
    runs.delete(this.#id);
    if (!this.#hasBegun) return;
    const stored = await responses.read(exchange.principal, this.#id);
    if (stored === null || !isUnfinished(stored.response)) return;
    const { code, message } = this.#readFailure();
    await responses.keep(exchange.principal, { ...stored, response: toFailed(stored.response, message, code) });
  }

  #readFailure(): { readonly code: string; readonly message: string } {
    const error = parseRecord(this.#detached.error)?.error;
    if (isRecord(error) && typeof error.message === 'string') {
      return { code: typeof error.code === 'string' ? error.code : 'server_error', message: error.message };
    }
    const failure = this.#failure ?? new AppError('upstream_stream_cut');
    return { code: failure.entry.status < 500 ? failure.code : 'server_error', message: failure.publicMessage };
  }
}
