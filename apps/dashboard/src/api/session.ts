import type { TokenAnswer } from '@aggregator/contracts';
import { ApiError, send } from './http.ts';

/**
 * The session of this browser tab. The access token stays in memory; the refresh token is in a cookie that no script reads
 * (docs/dashboard.md). While it is `leaving`, nothing more is sent with the token.
 */
export type SessionState = 'unknown' | 'in' | 'leaving' | 'out';

const asCookie = { 'x-aggregator-session': 'cookie' };
/** Says that a cookie may be there, so that a new visitor causes no failed request. */
const hintKey = 'aggregator.signed-in';
/** Seconds before its end at which an access token is replaced. */
const marginSeconds = 30;

type BrowserTokens = Omit<TokenAnswer, 'refreshToken'>;

class Session {
  #token: string | null = null;
  #endsAtMs = 0;
  #state: SessionState = 'unknown';
  #renewal: Promise<string | null> | null = null;
  /** How often a person has signed out here: a renewal of before signs no person in again. */
  #departures = 0;
  readonly #listeners = new Set<() => void>();

  get state(): SessionState {
    return this.#state;
  }

  /** True if its person has signed out and the service may not have answered yet. */
  get isLeaving(): boolean {
    return this.#state === 'leaving';
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  async signIn(email: string, password: string): Promise<void> {
    this.#keep(await send<BrowserTokens>('POST', '/v1/auth/login', { body: { email, password }, headers: asCookie }));
  }

  /** Ends a login at an identity provider: `code` is what it came back with. */
  async signInWithCode(code: string): Promise<void> {
    this.#keep(await send<BrowserTokens>('POST', '/v1/auth/sso/token', { body: { code }, headers: asCookie }));
  }

  /** Returns a token that is valid for a while; null if no person is signed in. */
  async token(): Promise<string | null> {
    if (this.#token !== null && performance.now() < this.#endsAtMs) return this.#token;
    if (this.#state === 'out') return null;
    return this.renew();
  }

  /** Asks for a new access token; two callers at once share one request. */
  renew(): Promise<string | null> {
    this.#renewal ??= this.#renew().finally(() => {
      this.#renewal = null;
    });
    return this.#renewal;
  }

  /** Continues in another organisation of the person. */
  async enter(organizationId: string): Promise<void> {
    // A renewal that is under way is for the organisation of before.
    await this.#renewal?.catch(() => null);
    await this.#renew(organizationId);
  }

  async signOut(): Promise<void> {
    const token = await this.token().catch(() => null);
    const headers = { ...asCookie, ...(token !== null && { authorization: `Bearer ${token}` }) };
    this.#departures += 1;
    this.#become('leaving');
    if (token !== null) await send('POST', '/v1/auth/logout', { body: {}, headers }).catch(() => undefined);
    this.#end();
  }

  async #renew(organizationId?: string): Promise<string | null> {
    if (localStorage.getItem(hintKey) === null) {
      this.#end();
      return null;
    }
    const body = organizationId === undefined ? {} : { organizationId };
    const departures = this.#departures;
    try {
      // Tabs share the cookie: one after the other, so that each uses the newest token.
      const answer = await withLock(() => send<BrowserTokens>('POST', '/v1/auth/refresh', { body, headers: asCookie }));
      if (departures !== this.#departures) return null;
      this.#keep(answer);
      return answer.accessToken;
    } catch (error) {
      const isOver = error instanceof ApiError && (error.status === 401 || error.status === 400);
      if (!isOver) throw error;
      this.#end();
      return null;
    }
  }

  #keep({ accessToken, expiresIn }: BrowserTokens): void {
    localStorage.setItem(hintKey, '1');
    this.#token = accessToken;
    this.#endsAtMs = performance.now() + Math.max(0, expiresIn - marginSeconds) * 1000;
    this.#become('in');
  }

  #end(): void {
    localStorage.removeItem(hintKey);
    this.#token = null;
    this.#become('out');
  }

  #become(state: SessionState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener();
  }
}

function withLock<Result>(work: () => Promise<Result>): Promise<Result> {
  return navigator.locks === undefined ? work() : navigator.locks.request('aggregator-session', work);
}

export const session = new Session();
