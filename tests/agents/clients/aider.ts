import type { FakeScript, ScriptedRequest } from '@aggregator/fake-providers';
import type { Agent, AgentTask } from '../agent.ts';
import { farewell, literally } from '../task.ts';
import { awkwardLine } from '../workspace.ts';

/** A turn of the conversation. aider has no tools: it shows files and outputs of commands to the model as text. */
interface Turn {
  /** Lines that the user types. None: aider sends this turn by itself. */
  readonly types: readonly string[];
  /** What the user's texts hold from this turn on. */
  readonly sign: RegExp;
  /** What the model sees. */
  readonly sees: readonly RegExp[];
  readonly pictures?: number;
  readonly says: string;
}

const typed = (number: number, commands: readonly string[], question: string) => ({
  types: [...commands, `${question} (${number})`],
  sign: new RegExp(`\\(${number}\\)`),
});

const toEdit = (path: string, old: string, changed: string) =>
  [path, '```sh', '<<<<<<< SEARCH', ...[old, '=======', changed].filter(Boolean), '>>>>>>> REPLACE', '```'].join('\n');

const fixed = 'echo "sum=$((a + b))"';
const turns: readonly Turn[] = [
  {
    ...typed(1, ['/add sum.sh awkward.txt picture.png'], 'Fix the sum in sum.sh.'),
    sees: [literally('$((a - b))'), literally(awkwardLine)],
    pictures: 1,
    says: `I change it.\n\n${toEdit('sum.sh', 'echo "no such line"', fixed)}`,
  },
  {
    types: [],
    sign: /SearchReplaceNoExactMatch/,
    sees: [/no such line/],
    says: `Again.\n\n${toEdit('sum.sh', 'echo "sum=$((a - b))"', fixed)}`,
  },
  { ...typed(2, ['/run sh sum.sh'], 'Is it right?'), sees: [/sum=5/], says: 'Yes.' },
  { ...typed(3, ['/run cat missing.txt'], 'What is in it?'), sees: [/No such file/], says: 'It is missing.' },
  { ...typed(4, ['/run seq 1 3000'], 'What is the last number?'), sees: [/\b3000\b/], says: 'It is 3000.' },
  {
    ...typed(5, [], 'Write two files.'),
    sees: [],
    says: `Both:\n\n${toEdit('one.txt', '', 'one')}\n\n${toEdit('two.txt', '', 'two')}`,
  },
  { ...typed(6, ['/run cat one.txt two.txt'], 'Are they there?'), sees: [/one\s+two/], says: 'Yes.' },
  { ...typed(7, ['/run echo failing; exit 3'], 'Did it fail?'), sees: [/failing/], says: 'It did.' },
  {
    ...typed(8, ["/run printf 'a\\0b\\n'"], 'What did it print?'),
    sees: [/a[\s\S]{0,2}b\s/],
    says: 'It printed a NUL.',
  },
  { ...typed(9, ['/run cat awkward.txt'], 'Which language is the last word?'), sees: [], says: 'Japanese.' },
  { ...typed(10, ['/ls'], 'Say what you did.'), sees: [], says: farewell },
];

/** The task of aider: the model knows each turn by what the user typed, and checks what it sees. */
class TextTask implements AgentTask {
  readonly assignment = turns.flatMap(({ types }) => types).join('\n');
  readonly complaints: string[] = [];
  readonly turns = turns.length;
  readonly #made = new Set<number>();

  get turnsMade(): number {
    return this.#made.size;
  }

  readonly answer: FakeScript = (request) => {
    const said = request.said.join('\n');
    const index = turns.findLastIndex(({ sign }) => sign.test(said));
    const turn = turns[index];
    // aider asks a model to sum up a long conversation in the background.
    if (turn === undefined || /summarize/i.test(said)) return null;
    this.#made.add(index);
    this.#check(turn, said, request);
    return { text: turn.says, calls: [] };
  };

  #check(turn: Turn, said: string, { pictures }: ScriptedRequest): void {
    for (const pattern of turn.sees) {
      if (!pattern.test(said)) this.complaints.push(`${turn.sign}: the model does not see ${pattern}`);
    }
    if (pictures < (turn.pictures ?? 0)) this.complaints.push(`${turn.sign}: ${pictures} pictures came`);
  }
}

export const aider: Agent = { page: 'aider', startTask: () => new TextTask() };
