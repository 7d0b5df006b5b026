import { AppError } from '@aggregator/contracts';
import type { ProviderError } from './provider-adapter.ts';

/**
 * A provider's failure as an error that can be thrown and returned to the caller, with the judgement that failover
 * needs.
 */
export class ProviderFailure extends AppError {
  readonly judgement: ProviderError;
  /** Of the answer that reported it; null if it was reported otherwise. */
  readonly status: number | null;

  constructor(judgement: ProviderError, status: number | null = null) {
    super(judgement.code, {
      internal: judgement.internal,
      ...(judgement.publicMessage === null ? {} : { message: judgement.publicMessage }),
      ...(judgement.param === null ? {} : { param: judgement.param }),
      ...(judgement.retryAfterMs === null ? {} : { retryAfterMs: judgement.retryAfterMs }),
    });
    this.name = 'ProviderFailure';
    this.judgement = judgement;
    this.status = status;
  }
}
