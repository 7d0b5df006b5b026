import { levelPrefix } from '@aggregator/admission';
import {
  type AppError,
  type LimitOwner,
  limitOwners,
  ownerOfLimit,
  type Principal,
  tooManyAtOnce,
  tooManyPerMinute,
} from '@aggregator/contracts';
import { organizationPrefix } from './limit-subjects.ts';

/**
 * Returns the refusal of a request by a limit: which, of whom, and who can raise it.
 * @param max what the limit allows; of requests at once or of a rate, by the end of `subject`.
 */
export function toLimitRefusal(
  principal: Principal,
  { subject, max, retryAfterMs }: { subject: string; max: number; retryAfterMs: number | null },
): AppError {
  const owner = ownerOf(principal, subject);
  if (subject.endsWith(':concurrency')) return tooManyAtOnce(max, owner);
  return tooManyPerMinute(max, subject.endsWith(':tokens') ? 'tokens' : 'requests', owner, retryAfterMs);
}

function ownerOf({ keyId, levelLimits = [] }: Principal, subject: string): LimitOwner {
  if (subject.startsWith(organizationPrefix)) return limitOwners.organization;
  const id = subject.startsWith(levelPrefix) ? subject.split(':')[1] : undefined;
  const limit = levelLimits.find((each) => each.id === id);
  if (limit !== undefined) return ownerOfLimit(limit);
  return keyId === null ? limitOwners.user : limitOwners.key;
}
