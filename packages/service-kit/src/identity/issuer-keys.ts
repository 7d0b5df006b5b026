import { readFile } from 'node:fs/promises';
import { AppError } from '@aggregator/contracts';
import { createLocalJWKSet, errors, type JSONWebKeySet, type JWTVerifyGetKey } from 'jose';
import { Agent, request } from 'undici';
import { z } from 'zod';

export interface IssuerKeysOptions {
  readonly url: string;
  readonly caPath: string;
  /** Read again for each call, because it is replaced while we run. */
  readonly tokenPath: string;
  /** Milliseconds; only differences count. */
  now(): number;
}

const deadlineMs = 2000;
const ageMaxMs = 3_600_000;
/** Between two questions, so that tokens with made-up key ids cost the issuer nothing. */
const pauseMs = 10_000;
/** The same while we have no key at all and can verify no token. */
const pauseWithoutKeysMs = 1000;
const answerBytesMax = 1024 * 1024;

const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })).max(100) });

/**
 * The public keys of the issuer of tokens, requested when they are old or a token names one that is not among them.
 * While the issuer is away, those known last are believed.
 */
export class IssuerKeys {
  readonly #options: IssuerKeysOptions;
  #keys: JWTVerifyGetKey | null = null;
  #failure: unknown = null;
  #loadedAtMs = 0;
  #askedAtMs: number | null = null;
  #asking: Promise<void> | null = null;

  constructor(options: IssuerKeysOptions) {
    this.#options = options;
  }

  /** The key of a token. Throws `service_unavailable` where no keys could be had yet. */
  readonly find: JWTVerifyGetKey = async (header, token) => {
    if (this.#keys === null) await this.#ask(pauseWithoutKeysMs);
    else if (this.#options.now() - this.#loadedAtMs > ageMaxMs) void this.#ask(pauseMs);
    try {
      return await this.#require()(header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
      await this.#ask(pauseMs);
      return await this.#require()(header, token);
    }
  };

  #require(): JWTVerifyGetKey {
    if (this.#keys !== null) return this.#keys;
    throw new AppError('service_unavailable', { internal: 'no keys of the issuer', cause: this.#failure });
  }

  /** Asks unless that was done a moment ago; all who come meanwhile wait for the same answer. Never rejects. */
  #ask(afterMs: number): Promise<void> {
    if (this.#asking !== null) return this.#asking;
    const now = this.#options.now();
    if (this.#askedAtMs !== null && now - this.#askedAtMs < afterMs) return Promise.resolve();
    this.#askedAtMs = now;
    this.#asking = this.#load().finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  async #load(): Promise<void> {
    try {
      this.#keys = createLocalJWKSet(await fetchKeys(this.#options));
      this.#loadedAtMs = this.#options.now();
    } catch (error) {
      this.#failure = error;
    }
  }
}

async function fetchKeys({ url, caPath, tokenPath }: IssuerKeysOptions): Promise<JSONWebKeySet> {
  const signal = AbortSignal.timeout(deadlineMs);
  const ca = url.startsWith('https:') ? await readFile(caPath, { encoding: 'utf8', signal }) : undefined;
  const token = await readFile(tokenPath, { encoding: 'utf8', signal });
  const dispatcher = new Agent({
    connect: { timeout: deadlineMs, ...(ca !== undefined && { ca }) },
    maxResponseSize: answerBytesMax,
  });
  try {
    const headers = { accept: 'application/jwk-set+json, application/json', authorization: `Bearer ${token.trim()}` };
    const answer = await request(url, { dispatcher, signal, headers });
    if (answer.statusCode !== 200) throw new Error(`the issuer answered ${answer.statusCode}`);
    return keySet.parse(await answer.body.json());
  } finally {
    await dispatcher.destroy();
  }
}
