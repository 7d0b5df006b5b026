import type { Action } from './agent.ts';
import { awkwardLine } from './workspace.ts';

/** One turn of the model: what it calls at once, and what the results must hold. */
export interface Step {
  readonly name: string;
  readonly actions: readonly Action[];
  /** For each action in its order: what its result holds. */
  readonly results: readonly RegExp[];
  /** At least so many pictures come with the results. */
  readonly pictures?: number;
}

export const assignment = 'Fix the sum in sum.sh and say what you did.';
export const farewell = 'The sum is right now: it is 5.';

const toPattern = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** A pattern of the text, or the text as a string of JSON: some agents return their results so. */
export const literally = (text: string) =>
  new RegExp(`${toPattern(text)}|${toPattern(JSON.stringify(text).slice(1, -1))}`);
const run = (command: string): Action => ({ do: 'run', command });

export const steps: readonly Step[] = [
  {
    name: 'list and read at once',
    actions: [
      { do: 'list', path: '.' },
      { do: 'read', path: 'sum.sh' },
    ],
    results: [/awkward\.txt/, literally('$((a - b))')],
  },
  {
    name: 'read a file that does not exist',
    actions: [{ do: 'read', path: 'missing.txt' }],
    results: [/not exist|no such file|not found|ENOENT|unable to/i],
  },
  {
    name: 'edit',
    actions: [{ do: 'edit', path: 'sum.sh', old: 'a - b', new: 'a + b' }],
    results: [/./],
  },
  { name: 'run', actions: [run('sh sum.sh')], results: [/sum=5/] },
  { name: 'look at a picture', actions: [{ do: 'look', path: 'picture.png' }], results: [/^/], pictures: 1 },
  { name: 'print 3,000 lines', actions: [run('seq 1 3000')], results: [/\b3000\b/] },
  {
    name: 'read awkward characters',
    actions: [{ do: 'read', path: 'awkward.txt' }],
    results: [literally(awkwardLine)],
  },
  { name: 'run two commands at once', actions: [run('echo one'), run('echo two')], results: [/one/, /two/] },
  { name: 'fail', actions: [run('echo failing; exit 3')], results: [/failing/] },
  { name: 'print a NUL', actions: [run("printf 'a\\0b\\n'")], results: [/a[\s\S]*b/] },
];
