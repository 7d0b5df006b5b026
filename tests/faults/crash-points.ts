import type { ServiceName } from '@aggregator/contracts';

/**
 * A step at a boundary of a process, and the side of it. `sent`: the bytes left the process, which never learns the answer.
 * `answered`: the answer arrived, and the process has not read it.
 */
export type CrashPoint = `${FileStep}:${'before' | 'after'}` | `${SocketStep}:${'before' | 'sent' | 'answered'}`;
/** `intent`: any write to the spool, an intent or a settlement. `flush`: its `fdatasync`. */
export type FileStep = 'intent' | 'flush';
export type SocketStep = 'hold' | 'forward' | 'provider-call' | 'commit' | 'publish' | 'position' | 'credit';

const fileSides = ['before', 'after'] as const;
const socketSides = ['before', 'sent', 'answered'] as const;

const steps: readonly [ServiceName, readonly FileStep[], readonly SocketStep[]][] = [
  ['proxy', ['intent', 'flush'], ['hold', 'provider-call', 'publish']],
  ['billing', [], ['commit', 'publish', 'position', 'credit']],
  ['api-gateway', [], ['forward']],
  ['analytics', [], ['commit', 'position']],
  ['auth', [], ['commit', 'publish']],
];

/** Every named crash point of the services that take part in a request or its money. */
export const crashPoints: readonly (readonly [ServiceName, CrashPoint])[] = steps.flatMap(
  ([service, files, sockets]) => [
    ...files.flatMap((step) => fileSides.map((side): [ServiceName, CrashPoint] => [service, `${step}:${side}`])),
    ...sockets.flatMap((step) => socketSides.map((side): [ServiceName, CrashPoint] => [service, `${step}:${side}`])),
  ],
);
