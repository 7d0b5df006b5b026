import { isRecord } from '@aggregator/contracts';

type Chunk = Record<string, unknown>;

/**
 * What a delta can say, in the order in which OpenAI's models say it; fields of one line are said together. `reasoning_details` are
 * no kind: they stay beside the parts that they belong to.
 */
const kinds: readonly (readonly string[])[] = [
  ['reasoning_content', 'reasoning'],
  ['content'],
  ['refusal'],
  ['images'],
  ['audio'],
  ['function_call'],
  ['tool_calls'],
];

/**
 * Returns a chunk as several of OpenAI's own form: one choice, one kind of delta and one tool call in each, and the finish reason
 * alone. Null if it has this form, which costs a look at a few fields. Clients rely on it: some read the first call of a delta only,
 * others end at a finish reason before they read the fields beside it.
 */
export function splitChunk(chunk: Readonly<Chunk>): readonly Chunk[] | null {
  const { choices } = chunk;
  if (!Array.isArray(choices) || choices.length === 0) return null;
  if (choices.length === 1 && isPlain(choices[0])) return null;
  return choices.filter(isRecord).flatMap((choice) => {
    const parts = isPlain(choice) ? [choice] : splitChoice(choice);
    return parts.map((part) => ({ ...chunk, choices: [part] }));
  });
}

/** Returns the JSON texts of a chunk after `splitChunk`. */
export function writeChunks(chunk: Readonly<Chunk>): readonly string[] {
  return (splitChunk(chunk) ?? [chunk]).map((part) => JSON.stringify(part));
}

function isPlain(choice: unknown): boolean {
  if (!isRecord(choice) || !isRecord(choice.delta)) return true;
  const { delta } = choice;
  let said = 0;
  for (const names of kinds) if (names.some((name) => isSaid(delta[name]))) said += 1;
  if (Array.isArray(delta.tool_calls) && delta.tool_calls.length > 1) return false;
  return hasFinish(choice) ? said === 0 && delta.role === undefined : said <= 1;
}

function splitChoice({ delta, logprobs, finish_reason: finish, ...rest }: Chunk): Chunk[] {
  const left = isRecord(delta) ? { ...delta } : {};
  const deltas: Chunk[] = [];
  for (const names of kinds) {
    const said = names.filter((name) => isSaid(left[name]));
    const part = Object.fromEntries(said.map((name) => [name, left[name]]));
    for (const name of said) delete left[name];
    if (Array.isArray(part.tool_calls))
      deltas.push(...part.tool_calls.map((call: unknown) => ({ tool_calls: [call] })));
    else if (said.length > 0) deltas.push(part);
  }
  // Fields that are no separate kind, such as the role, are sent first.
  const [first = {}, ...others] = deltas;
  const parts = [{ ...left, ...first }, ...others].map((part, at) => ({
    ...rest,
    delta: part,
    ...(at === 0 && logprobs !== undefined && { logprobs }),
    finish_reason: null,
  }));
  return hasFinish({ finish_reason: finish }) ? [...parts, { ...rest, delta: {}, finish_reason: finish }] : parts;
}

function hasFinish({ finish_reason: finish }: Readonly<Chunk>): boolean {
  return typeof finish === 'string' && finish !== '';
}

function isSaid(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !Array.isArray(value) || value.length > 0;
}
