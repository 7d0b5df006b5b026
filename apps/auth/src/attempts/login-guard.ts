import { AppError } from '@aggregator/contracts';
import { type AttemptLimiter, createAttemptLimiter } from './attempt-limiter.ts';

const subjectsMax = 50_000;

/** Slows down a client that guesses passwords or refresh tokens. Each process counts alone. Throws `rate_limit_exceeded`. */
export interface LoginGuard {
  /** Takes an attempt of the address, for any account. */
  admitAddress(address: string): void;
  /** Takes an attempt of the address for this account, and one of all addresses together for it. */
  admitLogin(address: string, email: string): void;
  /** The login succeeded: its attempts for this account are forgotten. All addresses together limit this one no longer. */
  clearLogin(address: string, email: string): void;
  /** Takes a refresh of the address. */
  admitRefresh(address: string): void;
}

export function createLoginGuard(options: {
  perAccountPerMinute: number;
  perAddressPerMinute: number;
  /** Of one account, from all addresses that have not logged in to it before. */
  perAccountInAllPerMinute: number;
  refreshesPerAddressPerMinute: number;
  now(): number;
}): LoginGuard {
  const { now } = options;
  const limiterOf = (perMinute: number) => createAttemptLimiter({ perMinute, subjectsMax, now });
  const addresses = limiterOf(options.perAddressPerMinute);
  const accounts = limiterOf(options.perAccountPerMinute);
  const accountsInAll = limiterOf(options.perAccountInAllPerMinute);
  const refreshes = limiterOf(options.refreshesPerAddressPerMinute);
  // Otherwise a flood of guesses from elsewhere would keep the account's owner out.
  const known = new Set<string>();
  return {
    admitAddress: (address) => admit(addresses, address),
    admitLogin(address, email) {
      const subject = `${address} ${email}`;
      admit(accounts, subject);
      if (!known.has(subject)) admit(accountsInAll, email);
    },
    clearLogin(address, email) {
      const subject = `${address} ${email}`;
      accounts.forget(subject);
      const [oldest] = known;
      if (known.size >= subjectsMax && oldest !== undefined) known.delete(oldest);
      known.add(subject);
    },
    admitRefresh: (address) => admit(refreshes, address),
  };
}

function admit(limiter: AttemptLimiter, subject: string): void {
  const retryAfterMs = limiter.take(subject);
  if (retryAfterMs > 0) throw new AppError('rate_limit_exceeded', { retryAfterMs });
}
