import type { Condition, Programmed } from '@aggregator/contracts';
import type { Answered } from '../reconcile/declared-set.ts';
import { conditionFalse, conditionTrue, type Judgement } from './judgement.ts';
import { type ProxyAck, standingOf } from './proxy-acks.ts';

/** What is known of the way from the orchestrator to the proxies. */
export interface Proxies {
  /** Names of the pods that take requests. */
  readonly desired: readonly string[];
  readonly acks: ReadonlyMap<string, ProxyAck>;
  /** True if the orchestrator accepted the declaration and reported its result at the last call. */
  readonly isReachable: boolean;
  /** True if it has reported anything yet. */
  readonly isKnown: boolean;
}

export interface ProgrammedInput {
  /** As proxies name it: `providers/<name>`, `routes/<name>`. */
  readonly entry: string;
  readonly generation: number;
  /** What the orchestrator said of it as it is now; null while it has not. */
  readonly answered: Answered | null;
  readonly proxies: Proxies;
  /** What the status says, where that is of this very generation and of the same keys. */
  readonly before: { readonly condition: Condition; readonly programmed: Programmed | undefined } | null;
}

export interface ProgrammedVerdict {
  readonly judgement: Judgement;
  readonly programmed: Programmed;
}

const namedMax = 5;

/** Pure: which of the proxies that take requests serve this generation. */
export function judgeProgrammed(input: ProgrammedInput): ProgrammedVerdict {
  const { answered, proxies, generation, before } = input;
  // Keep the published condition while the orchestrator is unreachable, so that an outage does not flip it to False.
  const isInTheDark = answered === null || !proxies.isReachable || !proxies.isKnown;
  if (isInTheDark && before?.condition.status === 'True') {
    const { reason, message } = before.condition;
    return { judgement: conditionTrue(reason, message), programmed: before.programmed ?? count(input, 0, 0) };
  }
  if (answered === null) {
    const judgement = proxies.isReachable
      ? conditionFalse('Progressing', 'It is on its way to the orchestrator.')
      : conditionFalse('OrchestratorUnavailable', 'The orchestrator does not answer. Proxies keep what they serve.');
    return { judgement, programmed: count(input, 0, 0) };
  }
  if (proxies.desired.length === 0) {
    return { judgement: conditionFalse('NoProxies', 'No proxy takes requests.'), programmed: count(input, 0, 0) };
  }
  const standings = proxies.desired.map((instance) => ({
    instance,
    standing: standingOf(proxies.acks.get(instance), input.entry, answered.snapshot),
  }));
  const applied = standings.filter(({ standing }) => standing.state === 'applied').length;
  const rejected = standings.flatMap(({ instance, standing }) =>
    standing.state === 'rejected' ? [`${instance}: ${standing.message}`] : [],
  );
  const waiting = standings.flatMap(({ instance, standing }) => (standing.state === 'waiting' ? [instance] : []));
  return { judgement: judge(rejected, waiting, generation), programmed: count(input, applied, rejected.length) };
}

function judge(rejected: readonly string[], waiting: readonly string[], generation: number): Judgement {
  if (rejected.length > 0) return conditionFalse('RejectedByProxy', `Refused by ${name(rejected)}.`);
  if (waiting.length > 0) return conditionFalse('Progressing', `Not yet served by ${name(waiting)}.`);
  return conditionTrue('AppliedByAll', `Every proxy serves generation ${generation}.`);
}

/** What is not declared is served by none. */
export function notProgrammed(reason: string, message: string, desired: number): ProgrammedVerdict {
  return {
    judgement: conditionFalse(reason, message),
    programmed: { desired, applied: 0, rejected: 0, summary: `0/${desired}` },
  };
}

function count({ generation, answered, proxies }: ProgrammedInput, applied: number, rejected: number): Programmed {
  const desired = proxies.desired.length;
  return {
    generation,
    ...(answered !== null && { snapshotVersion: `${answered.snapshot.epoch}.${answered.snapshot.version}` }),
    desired,
    applied,
    rejected,
    summary: `${applied}/${desired}`,
  };
}

function name(proxies: readonly string[]): string {
  const more = proxies.length > namedMax ? ` and ${proxies.length - namedMax} more` : '';
  return `${[...proxies].sort().slice(0, namedMax).join(', ')}${more}`;
}
