import { createBoundedQueue } from '../turns/bounded-queue.ts';
import { hashPassword, verifyPassword } from './hash-password.ts';

/** Two hashes at once leave half of Node's four worker threads to everything else. */
const concurrencyMax = 2;
const waitingMax = 32;
/** Half, so that one address never fills the queue. */
const waitingPerAddressMax = 16;

/**
 * Hashes and verifies passwords, a bounded number at a time. Client addresses take turns. Throws `service_unavailable` if too
 * many wait.
 */
export interface PasswordKeeper {
  hash(password: string, address: string): Promise<string>;
  /** Takes the same time where there is no such account (`hash` undefined), and then answers false. */
  verify(password: string, hash: string | undefined, address: string): Promise<boolean>;
}

export async function createPasswordKeeper(): Promise<PasswordKeeper> {
  const enqueue = createBoundedQueue({ concurrencyMax, waitingMax, waitingPerOwnerMax: waitingPerAddressMax });
  const decoyHash = await hashPassword('no account has this password');
  return {
    hash: (password, address) => enqueue(address, () => hashPassword(password)),
    verify: (password, hash, address) =>
      enqueue(address, async () => {
        const isRight = await verifyPassword(password, hash ?? decoyHash);
        return isRight && hash !== undefined;
      }),
  };
}
