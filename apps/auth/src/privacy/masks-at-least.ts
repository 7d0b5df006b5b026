import { type PrivacyPolicy, privacyKinds } from '@aggregator/contracts';

/** True if everything that `other` masks is masked by `policy`, too. */
export function masksAtLeast(policy: PrivacyPolicy | null, other: PrivacyPolicy | null): boolean {
  if (other === null || other.mode === 'off') return true;
  if (policy === null || policy.mode === 'off') return false;
  return (
    holdsAll(policy.kinds ?? privacyKinds, other.kinds ?? privacyKinds) &&
    holdsAll(policy.names ?? [], other.names ?? []) &&
    holdsAll(policy.patterns ?? [], other.patterns ?? [])
  );
}

function holdsAll(all: readonly string[], some: readonly string[]): boolean {
  const held = new Set(all);
  return some.every((one) => held.has(one));
}
