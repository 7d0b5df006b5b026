import { createBoundedQueue } from './bounded-queue.ts';
import { hashPassword, verifyPassword } from './hash-password.ts';

/** Two hashes at once leave half of Node's four worker threads to everything else. */
const concurrencyMax = 2;
const waitingMax = 32;

/** Hashes and verifies passwords, a bounded number at a time. Throws `service_unavailable` where too many wait. */
export interface PasswordKeeper {
  hash(password: string): Promise<string>;
  /** Takes the same time where there is no such account (`hash` undefined), and then answers false. */
  verify(password: string, hash: string | undefined): Promise<boolean>;
}

export async function createPasswordKeeper(): Promise<PasswordKeeper> {
  const enqueue = createBoundedQueue({ concurrencyMax, waitingMax });
  const nobodysHash = await hashPassword('nobody has this password');
  return {
    hash: (password) => enqueue(() => hashPassword(password)),
    verify: (password, hash) =>
      enqueue(async () => {
        const isRight = await verifyPassword(password, hash ?? nobodysHash);
        return isRight && hash !== undefined;
      }),
  };
}
