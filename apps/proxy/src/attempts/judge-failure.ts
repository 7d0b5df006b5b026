import type { AppError, ErrorCode } from '@aggregator/contracts';
import { ProviderFailure } from '@aggregator/providers';
import type { Failure, FailureKind } from '@aggregator/resilience';

interface Verdict {
  readonly kind: FailureKind;
  readonly isRetryable: boolean;
  readonly mayFailOver: boolean;
}

/** A failure on the way, or before it: no adapter could judge it. */
const verdicts: Partial<Record<ErrorCode, Verdict>> = {
  upstream_unreachable: { kind: 'unreachable', isRetryable: true, mayFailOver: true },
  upstream_timeout: { kind: 'silent', isRetryable: false, mayFailOver: true },
  upstream_stream_cut: { kind: 'torn', isRetryable: true, mayFailOver: true },
  upstream_invalid_response: { kind: 'garbled', isRetryable: true, mayFailOver: true },
  upstream_misconfigured: { kind: 'answered', isRetryable: false, mayFailOver: true },
  // No room in this provider's bulkhead.
  service_unavailable: { kind: 'unreachable', isRetryable: false, mayFailOver: true },
  // No hold covers this target; another may be cheaper.
  insufficient_quota: { kind: 'answered', isRetryable: false, mayFailOver: true },
  budget_exceeded: { kind: 'answered', isRetryable: false, mayFailOver: true },
  request_cost_too_high: { kind: 'answered', isRetryable: false, mayFailOver: true },
  // Another provider may be able to do it.
  unsupported_parameter: { kind: 'answered', isRetryable: false, mayFailOver: true },
};

const hopeless: Verdict = { kind: 'answered', isRetryable: false, mayFailOver: false };

/** The provider did not take the key: it is dead, or may not do this. */
export function isUnauthorized(error: AppError): boolean {
  if (!(error instanceof ProviderFailure)) return false;
  const { status, judgement } = error;
  // Gemini says of a dead key that the request is a bad one.
  return status === 401 || status === 403 || (status === 400 && judgement.isKeyAtFault === true);
}

/** True if the same target may answer the same question in another form: it judged the form, or failed by chance. */
export function mayAskOtherwise(error: AppError): boolean {
  const { code, kind } = judgeFailure(error);
  return kind !== 'silent' && kind !== 'unreachable' && code !== 'context_length_exceeded' && !isUnauthorized(error);
}

/** True if the provider rejected a request as such (400 or 422), and neither its length nor its content. */
export function isRejected(error: AppError): boolean {
  const isOfForm = error.code === 'upstream_rejected' || error.code === 'upstream_invalid_response';
  return error instanceof ProviderFailure && isOfForm && (error.status === 400 || error.status === 422);
}

/** True if the attempt failed through the provider: a request that is at fault itself says nothing of who refused it. */
export function isProvidersFault(error: AppError): boolean {
  const { kind, isRetryable, isKeyAtFault } = judgeFailure(error);
  return kind !== 'answered' || isRetryable || isKeyAtFault === true || isUnauthorized(error);
}

/** A failure of an attempt as the decision about the next one needs it. */
export function judgeFailure(error: AppError): Failure {
  if (error instanceof ProviderFailure) {
    const { code, isRetryable, mayFailOver, retryAfterMs, isKeyAtFault = false, isHung = false } = error.judgement;
    const kind = code === 'upstream_invalid_response' ? 'garbled' : 'answered';
    return { code, kind, isRetryable, mayFailOver, retryAfterMs, isKeyAtFault, isHung };
  }
  return { code: error.code, ...(verdicts[error.code] ?? hopeless), retryAfterMs: error.retryAfterMs ?? null };
}
