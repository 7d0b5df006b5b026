import { AppError, type PrivacyPolicy, privacyKinds, privacyPolicy } from '@aggregator/contracts';

/** What an organisation and one of its keys want to be masked, together: everything that either does, so a key only adds. */
export function joinPolicies(organization: PrivacyPolicy | null, key: PrivacyPolicy | null): PrivacyPolicy | null {
  if (organization?.mode !== 'mask') return key;
  if (key?.mode !== 'mask') return organization;
  const names = union(organization.names, key.names);
  const patterns = union(organization.patterns, key.patterns);
  return {
    mode: 'mask',
    // Absent means all.
    ...(organization.kinds && key.kinds && { kinds: joinKinds(organization.kinds, key.kinds) }),
    ...(names.length > 0 && { names }),
    ...(patterns.length > 0 && { patterns }),
  };
}

/**
 * The joined policy travels in one header, so it has the bounds of a single one. Throws `invalid_value` where it is over
 * them: the writer of either of the two receives the error, and no request is ever masked by less than both.
 */
export function refuseTooLong(organization: PrivacyPolicy | null, key: PrivacyPolicy | null, whose: string): void {
  const joined = joinPolicies(organization, key);
  const parsed = privacyPolicy.nullable().safeParse(joined);
  if (parsed.success) return;
  throw new AppError('invalid_value', {
    param: 'privacy',
    message: `Together with the policy of ${whose} it is too long: ${parsed.error.issues[0]?.message ?? ''}`,
  });
}

function joinKinds(some: readonly string[], others: readonly string[]) {
  return privacyKinds.filter((kind) => some.includes(kind) || others.includes(kind));
}

function union(some: readonly string[] = [], others: readonly string[] = []): string[] {
  return [...new Set([...some, ...others])];
}
