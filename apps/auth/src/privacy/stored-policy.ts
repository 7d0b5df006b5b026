import { type PrivacyPolicy, privacyPolicy } from '@aggregator/contracts';

const stored = privacyPolicy.nullable();

/** The policy in a column of JSON. Throws if the column holds no policy, after a change by hand: better no answer than one without masking. */
export function readStoredPolicy(column: unknown): PrivacyPolicy | null {
  return stored.parse(column);
}
