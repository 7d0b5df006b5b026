import { expect } from '@jest/globals';
import { incapabilities, type Need } from './incapabilities.ts';
import { type Fault, promptFor } from './providers/fault-word.ts';
import type { ObservedProvider, SeenRefusal } from './providers/observed-provider.ts';
import type { ProviderName } from './providers/provider-name.ts';
import type { FakeProvider, ProviderModels, ProviderUnderTest } from './providers/providers.ts';
import { readReportedCost } from './reported-cost.ts';

export interface UserOptions {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly name: ProviderName;
  readonly subject: ProviderUnderTest;
  readonly observed: ObservedProvider;
  readonly fake: FakeProvider;
}

/** Counts of tokens, and conversations: nothing is generated. */
const freePath = /\/count_tokens$|^\/(?:api\/)?v1\/conversations(?:\/|$)/;

/** A user with a key who calls the models of one provider, and adds up the cost that each answer reports. */
export class User {
  readonly provider: ProviderName;
  readonly subject: ProviderUnderTest;
  readonly baseUrl: string;
  readonly apiKey: string;
  #options: UserOptions;
  #reportedNanoUsd = 0n;
  #lastCostNanoUsd: bigint | null = null;
  #lastResponse: Response | null = null;
  #pending: Promise<void>[] = [];
  readonly #unpaid: string[] = [];

  constructor(options: UserOptions) {
    this.#options = options;
    this.provider = options.name;
    this.subject = options.subject;
    this.baseUrl = options.baseUrl;
    this.apiKey = options.apiKey;
  }

  /** The name by which the provider's model is asked for, also if another provider has one of that name. */
  model(purpose: keyof ProviderModels = 'chat'): string {
    const { models } = this.subject;
    return `${this.provider}/${models[purpose] ?? models.chat}`;
  }

  /** The model's name as its own vendor has it; answers report this name. */
  servedModel(purpose: keyof ProviderModels = 'chat'): string {
    return this.model(purpose).slice(this.provider.length + 1);
  }

  /** Given to the SDKs in the place of their own. */
  readonly fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const response = await fetch(input, init);
    this.#lastResponse = response;
    this.#lastCostNanoUsd = null;
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET');
    // What is only read, like a model or a stored response, costs nothing.
    if (response.ok && method.toUpperCase() === 'POST') this.#pending.push(this.#readCost(response.clone()));
    return response;
  };

  /** What the last answer says that it cost, in nano-USD. */
  async lastCost(): Promise<bigint | null> {
    await this.#settle();
    return this.#lastCostNanoUsd;
  }

  async reportedNanoUsd(): Promise<bigint> {
    await this.#settle();
    return this.#reportedNanoUsd;
  }

  /** Paths whose answers reported no cost although something was generated. */
  async unpaid(): Promise<readonly string[]> {
    await this.#settle();
    return this.#unpaid;
  }

  /** Whether what a case needs is there; a hint that is dropped leaves an answer without it. */
  can(need: Need): boolean {
    return incapabilities[this.provider][need] === undefined;
  }

  /** Makes the provider fail from now on; answers the prompt that it fails at. */
  provoke(fault: Fault): string {
    this.#options.observed.fault = fault;
    return promptFor(fault, this.subject.faultWords);
  }

  /** Names in `x-aggregator-dropped-params` of the last answer. */
  get droppedParams(): string[] {
    return this.#lastResponse?.headers.get('x-aggregator-dropped-params')?.split(', ') ?? [];
  }

  /** The last body that the provider took; undefined where it keeps none. */
  get lastUpstreamRequest(): unknown {
    return this.#options.fake.lastRequest();
  }

  /** Requests that the provider has rejected since the last call. */
  takeRefusals(): SeenRefusal[] {
    return this.#options.observed.takeRefusals();
  }

  /** The last answer was paid for, and said so. */
  async expectPaid(): Promise<void> {
    expect(await this.lastCost()).toBeGreaterThan(0n);
  }

  async #readCost(response: Response): Promise<void> {
    const cost = readReportedCost(await response.text());
    this.#lastCostNanoUsd = cost;
    this.#reportedNanoUsd += cost ?? 0n;
    const { pathname } = new URL(response.url);
    if ((cost ?? 0n) <= 0n && !freePath.test(pathname)) this.#unpaid.push(pathname);
  }

  async #settle(): Promise<void> {
    await Promise.all(this.#pending.splice(0));
  }
}
