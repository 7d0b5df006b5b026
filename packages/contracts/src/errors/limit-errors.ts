import type { LimitLevel, PrincipalLimit } from '../limit.ts';
import { AppError } from './app-error.ts';

/** Whose limit a request has reached, and who can raise it, as a refusal says it. */
export interface LimitOwner {
  readonly name: string;
  readonly raisedBy: string;
  /** `param` of the refusal: the id of a limit that the organisation set. */
  readonly id?: string;
}

const operatorRaises = 'The operator of the installation can raise it.';

/** Owners of limits that come with a key, with a user who has an access token, and with the operator's ceiling. */
export const limitOwners = {
  key: { name: 'this API key', raisedBy: "A new key can have a higher one, up to the operator's ceiling." },
  user: { name: 'this user', raisedBy: operatorRaises },
  organization: { name: 'the whole organisation', raisedBy: operatorRaises },
} as const satisfies Record<string, LimitOwner>;

const levelNames: Readonly<Record<LimitLevel, string>> = {
  organization: 'the organisation',
  team: 'the team',
  user: 'the user',
  key: 'the API key',
};

/** Returns the owner of a limit that the organisation set. */
export function ownerOfLimit({ id, name, level }: PrincipalLimit): LimitOwner {
  return {
    id,
    name: `${levelNames[level]}, by the limit "${name}"`,
    raisedBy: 'An owner or an admin of the organisation can raise it.',
  };
}

/** Returns the refusal of a request beyond a limit of requests at once. */
export function tooManyAtOnce(max: number, owner: LimitOwner): AppError {
  return toLimitError(`${max} requests at once`, owner, 'Wait until one of them has ended', 1000);
}

/** Returns the refusal of a request beyond a limit of requests or tokens per minute. Null: no wait helps. */
export function tooManyPerMinute(
  max: number,
  unit: 'requests' | 'tokens',
  owner: LimitOwner,
  retryAfterMs: number | null,
): AppError {
  return toLimitError(`${max} ${unit} per minute`, owner, 'Wait as long as Retry-After says', retryAfterMs);
}

function toLimitError(allowed: string, { id, name, raisedBy }: LimitOwner, wait: string, retryAfterMs: number | null) {
  return new AppError('rate_limit_exceeded', {
    message: `More than ${allowed} for ${name}. ${wait}, then try again. ${raisedBy}`,
    ...(id !== undefined && { param: id }),
    ...(retryAfterMs !== null && { retryAfterMs }),
  });
}
