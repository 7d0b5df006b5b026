import { AppError } from '@aggregator/contracts';
import { type AttemptLimiter, createAttemptLimiter } from './attempt-limiter.ts';

const subjectsMax = 50_000;

/** Slows down who guesses passwords. Throws `rate_limit_exceeded`. */
export interface LoginGuard {
  /** Takes an attempt of the address, whatever it is for. */
  admitAddress(address: string): void;
  /** Takes an attempt of the address for this account. */
  admitLogin(address: string, email: string): void;
  /** The login succeeded: its attempts for this account count no more. */
  clearLogin(address: string, email: string): void;
}

export function createLoginGuard(options: {
  perAccountPerMinute: number;
  perAddressPerMinute: number;
  now(): number;
}): LoginGuard {
  const { now } = options;
  const addresses = createAttemptLimiter({ perMinute: options.perAddressPerMinute, subjectsMax, now });
  const accounts = createAttemptLimiter({ perMinute: options.perAccountPerMinute, subjectsMax, now });
  return {
    admitAddress: (address) => admit(addresses, address),
    admitLogin: (address, email) => admit(accounts, `${address} ${email}`),
    clearLogin: (address, email) => accounts.forget(`${address} ${email}`),
  };
}

function admit(limiter: AttemptLimiter, subject: string): void {
  const retryAfterMs = limiter.take(subject);
  if (retryAfterMs > 0) throw new AppError('rate_limit_exceeded', { retryAfterMs });
}
