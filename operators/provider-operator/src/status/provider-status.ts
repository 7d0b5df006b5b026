import type { Condition, ProviderStatus } from '@aggregator/contracts';
import type { ProviderVerdict } from '../reconcile/checks.ts';
import type { Answered } from '../reconcile/declared-set.ts';
import { judgeCredentials, type Traffic, toKeyStates } from './judge-credentials.ts';
import { judgeHealth } from './judge-health.ts';
import { judgeProgrammed, notProgrammed, type ProgrammedVerdict, type Proxies } from './judge-programmed.ts';
import { conditionFalse, conditionTrue, conditionUnknown, type Judgement } from './judgement.ts';
import { mergeConditions } from './merge-conditions.ts';

/** All that a provider's status is a function of. */
export interface ProviderEvidence {
  readonly verdict: ProviderVerdict;
  /** Of this very entry; null while the orchestrator has not answered to it, or where there is none. */
  readonly answered: Answered | null;
  readonly traffic: Traffic | undefined;
  /** Of the traffic, what the status shows. */
  readonly publishedTraffic: ProviderStatus['traffic'];
  readonly proxies: Proxies;
  readonly before: ProviderStatus | undefined;
  /** What the wall shows, for the times of transitions. */
  readonly nowMs: number;
}

/** Pure: the whole status. It reports what is so, not what is wanted. */
export function toProviderStatus(evidence: ProviderEvidence): ProviderStatus {
  const { verdict, answered, traffic, publishedTraffic, before, nowMs } = evidence;
  const { generation } = verdict.object.metadata;
  const accepted = toAccepted(verdict.accepted, answered);
  const credentials = judgeCredentials({
    keys: verdict.keys,
    needsKeys: verdict.object.spec === null || verdict.keys.length > 0,
    traffic,
    before: hasSameKeys(verdict, before) ? findCondition(before, 'CredentialsValid') : null,
  });
  const { judgement, programmed } = toProgrammed(evidence, accepted, credentials);
  const judgements = {
    Accepted: accepted,
    CredentialsValid:
      verdict.object.spec === null ? conditionUnknown('Pending', 'The spec cannot be read.') : credentials,
    Healthy: judgeHealth(traffic),
    Programmed: judgement,
    Ready: toReady(evidence, [accepted, credentials, judgement]),
  };
  return {
    observedGeneration: generation,
    conditions: mergeConditions(before?.conditions ?? [], judgements, generation, nowMs),
    ...(verdict.keys.length > 0 && { credentials: toKeyStates(verdict.keys, credentials) }),
    ...toModels(evidence),
    ...(publishedTraffic !== undefined && { traffic: publishedTraffic }),
    programmed,
  };
}

/** Our own verdict first; then the orchestrator's, who knows what others have declared. */
export function toAccepted(own: Judgement, answered: Answered | null): Judgement {
  if (own.status !== 'True' || answered === null) return own;
  const { result, message } = answered.result;
  if (result === 'name_taken') return conditionFalse('DuplicateName', message);
  if (result === 'price_conflict') return conditionFalse('PriceConflict', message);
  return result === 'invalid' ? conditionFalse('InvalidSpec', message) : own;
}

function toProgrammed(evidence: ProviderEvidence, accepted: Judgement, credentials: Judgement): ProgrammedVerdict {
  const { verdict, answered, proxies, before } = evidence;
  const { metadata } = verdict.object;
  const desired = proxies.desired.length;
  if (verdict.pauseReason !== null) return notProgrammed(verdict.pauseReason, 'It takes no new requests.', desired);
  if (accepted.status === 'False') return notProgrammed('NotAccepted', accepted.message, desired);
  if (verdict.entry === null) return notProgrammed('NoCredential', credentials.message, desired);
  const condition = findCondition(before, 'Programmed');
  if (answered?.result.result === 'credential_unknown') {
    return notProgrammed('Progressing', 'The orchestrator does not have its key yet.', desired);
  }
  const isSame = condition?.observedGeneration === metadata.generation && hasSameKeys(verdict, before);
  return judgeProgrammed({
    entry: `providers/${metadata.name}`,
    generation: metadata.generation,
    answered,
    proxies,
    before: isSame ? { condition, programmed: before?.programmed } : null,
  });
}

/** The first of these that does not hold is the reason. Health is none of them: an outage must not block a deploy. */
function toReady(
  { verdict: { pauseReason }, publishedTraffic }: ProviderEvidence,
  [accepted, credentials, programmed]: readonly [Judgement, Judgement, Judgement],
): Judgement {
  if (pauseReason !== null) {
    const open = publishedTraffic?.inFlight ?? 0;
    return conditionFalse(
      pauseReason === 'Deleted' ? 'Draining' : pauseReason,
      `It takes no new requests; ${open} are open.`,
    );
  }
  for (const judgement of [accepted, credentials, programmed]) {
    if (judgement.status === 'False') return conditionFalse(judgement.reason, judgement.message);
  }
  return conditionTrue('Ready', 'It takes requests.');
}

/** The last answer of the orchestrator. Until it answers about a stored entry, the earlier state is assumed. */
function toModels({ verdict, answered, before }: ProviderEvidence): Pick<ProviderStatus, 'models'> {
  const isUnanswered = answered === null && verdict.entry !== null;
  if (isUnanswered && before?.models !== undefined) return { models: before.models };
  if (answered?.result.result !== 'accepted') return {};
  const { models = [], modelCount = models.length, unpricedCount } = answered.result;
  return {
    models: {
      count: modelCount,
      ...(unpricedCount !== undefined && { unpriced: unpricedCount }),
      names: models.slice(0, 64),
      truncated: modelCount > models.length,
    },
  };
}

/** True if what was said before was said of the very same versions of the same keys. */
function hasSameKeys({ keys }: ProviderVerdict, before: ProviderStatus | undefined): boolean {
  const known = before?.credentials ?? [];
  return (
    known.length === keys.length &&
    keys.every(({ name, resourceVersion }) =>
      known.some((key) => key.name === name && (key.secretResourceVersion ?? null) === resourceVersion),
    )
  );
}

export function findCondition(
  status: { readonly conditions?: readonly Condition[] | undefined } | undefined,
  type: string,
): Condition | null {
  return status?.conditions?.find((condition) => condition.type === type) ?? null;
}
