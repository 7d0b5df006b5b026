import type { Condition, ProviderStatus, RoutingState } from '@aggregator/contracts';
import { describeProblem, type KeyReading, sortReadings } from '../reconcile/key-reading.ts';
import { conditionFalse, conditionTrue, conditionUnknown, type Judgement } from './judgement.ts';

export type Traffic = RoutingState['providers'][number];

export interface CredentialsInput {
  readonly keys: readonly KeyReading[];
  /** True if it names keys at all. */
  readonly needsKeys: boolean;
  /** Undefined if neither a proxy nor a probe has reported on it. */
  readonly traffic: Traffic | undefined;
  /** What was said before of the very same versions of the keys. */
  readonly before: Condition | null;
}

/** `provider_auth_failed (401)`: how probes of the orchestrator report a rejected key. */
const refusedByProbe = /\b40[13]\b/;

/** Pure. A key is judged by its Secret first, then by what the vendor says of it. */
export function judgeCredentials(input: CredentialsInput): Judgement {
  const { keys, needsKeys, traffic, before } = input;
  if (!needsKeys) return conditionTrue('NotRequired', 'It needs no key.');
  const { apiKeys, tls } = sortReadings(keys);
  const notes = toNotes(keys);
  if (tls !== null && tls.credentialId === null && tls.problem !== null) {
    return (tls.problem === 'SecretUnreadable' ? conditionUnknown : conditionFalse)(tls.problem, notes);
  }
  const usable = apiKeys.filter(({ credentialId }) => credentialId !== null);
  const [firstProblem] = apiKeys.flatMap(({ problem }) => problem ?? []);
  if (usable.length === 0 && firstProblem !== undefined) {
    const judge = keys.every(({ problem }) => problem === 'SecretUnreadable') ? conditionUnknown : conditionFalse;
    return judge(firstProblem, notes);
  }
  if (isUnauthorized(traffic, before))
    return conditionFalse('Unauthorized', join('The vendor refuses the key.', notes));
  return isProven(traffic) || before?.reason === 'Verified'
    ? conditionTrue('Verified', join('The vendor takes the key.', notes))
    : conditionUnknown('Unverified', join('Neither a probe nor a request has tried the key.', notes));
}

/** For each key of the spec: where it was read from, and what became of it. */
export function toKeyStates(
  keys: readonly KeyReading[],
  judgement: Judgement,
): NonNullable<ProviderStatus['credentials']> {
  return keys.map(({ name, resourceVersion, credentialId }) => ({
    name,
    ...(resourceVersion !== null && { secretResourceVersion: resourceVersion }),
    state: credentialId === null ? 'Missing' : (stateOfReason[judgement.reason] ?? 'Unverified'),
  }));
}

const stateOfReason: Readonly<Record<string, 'Valid' | 'Rejected'>> = { Verified: 'Valid', Unauthorized: 'Rejected' };

/** Once refused, a key stays refused until it is seen to do its work, or is another one: silence is no pardon. */
function isUnauthorized(traffic: Traffic | undefined, before: Condition | null): boolean {
  if (traffic === undefined) return before?.reason === 'Unauthorized';
  if (traffic.unauthorized > 0 || refusedByProbe.test(traffic.health.reason ?? '')) return true;
  return before?.reason === 'Unauthorized' && !isProven(traffic);
}

function isProven(traffic: Traffic | undefined): boolean {
  return traffic !== undefined && (traffic.health.state === 'healthy' || traffic.attempts > traffic.failures);
}

function toNotes(keys: readonly KeyReading[]): string {
  const problems = keys.filter(({ problem }) => problem !== null).map(describeProblem);
  const unwatched = [...new Set(keys.filter(({ isWatched }) => !isWatched).map(({ secretName }) => secretName))];
  return join(
    problems.length === 0 ? '' : `${capitalise(problems.join('; '))}.`,
    unwatched.length === 0
      ? ''
      : `Changes of the Secret ${unwatched.map((name) => `'${name}'`).join(', ')} are seen once a minute: it lacks the label aggregator.dev/credential: "true", or the operator watches no Secrets.`,
  );
}

function join(...sentences: readonly string[]): string {
  return sentences.filter((sentence) => sentence !== '').join(' ');
}

function capitalise(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
