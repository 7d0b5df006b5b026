import type { Principal } from '@aggregator/contracts';

/** Who asks: a principal, and the addresses that its key may be used from (null: any). */
export interface Authenticated {
  principal: Principal;
  allowedIps: readonly string[] | null;
  /** Origins of pages that may use the key; absent means any. */
  allowedOrigins?: readonly string[] | undefined;
}
