import type { Action } from '../agent.ts';

/** An edit of sum.sh in the form of `apply_patch`, which several agents know. */
export function toPatch(edit: Extract<Action, { do: 'edit' }>, path: string): string {
  const line = (inner: string) => `echo "sum=$((${inner}))"`;
  const hunk = ['@@', ' b=3', `-${line(edit.old)}`, `+${line(edit.new)}`];
  return ['*** Begin Patch', `*** Update File: ${path}`, ...hunk, '*** End Patch'].join('\n');
}
