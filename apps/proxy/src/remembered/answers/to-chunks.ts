import { isRecord } from '@aggregator/contracts';

/** A whole answer as a stream of it. */
export interface AnswerChunks {
  /** JSON texts of all chunks but the last. */
  readonly texts: readonly string[];
  /** The chunk that ends the answer, where our additions go. */
  readonly last: Record<string, unknown>;
}

type Fields = Record<string, unknown>;

/** UTF-16 units of text in a chunk. */
const pieceLength = 256;
const headFields = ['id', 'created', 'model', 'system_fingerprint', 'service_tier'];
/** What comes in pieces, in the order in which a model says it. */
const pieced = ['reasoning_content', 'reasoning', 'content', 'refusal'];

/** A stored answer as chat completion chunks. Joined, they are the answer again. */
export function toChunks(body: Readonly<Fields>, { includeUsage }: { includeUsage: boolean }): AnswerChunks {
  const head: Fields = { object: 'chat.completion.chunk' };
  for (const name of headFields) {
    if (body[name] !== undefined) head[name] = body[name];
  }
  const chunks = listRecords(body.choices).flatMap((choice, at) =>
    toDeltas(choice).map((part): Fields => ({ ...head, choices: [{ index: choice.index ?? at, ...part }] })),
  );
  if (includeUsage) chunks.push({ ...head, choices: [], usage: body.usage ?? null });
  const last = chunks.pop() ?? { ...head, choices: [] };
  return { texts: chunks.map((chunk) => JSON.stringify(chunk)), last };
}

function toDeltas({ message, logprobs, finish_reason: finishReason, index: _index, ...more }: Fields): Fields[] {
  const { role, tool_calls: calls, ...said } = isRecord(message) ? message : {};
  const whole = Object.fromEntries(Object.entries(said).filter(([name]) => !isPieced(name, said)));
  const deltas: Fields[] = [{ role: role ?? 'assistant', ...whole }];
  for (const name of pieced) {
    const text = said[name];
    if (typeof text === 'string') deltas.push(...cut(text).map((piece) => ({ [name]: piece })));
  }
  for (const [at, call] of listRecords(calls).entries()) deltas.push(...toCallDeltas(call, at));
  return [
    ...deltas.map((delta, at) => ({
      delta,
      ...(at === 0 && logprobs !== undefined && { logprobs }),
      finish_reason: null,
    })),
    { ...more, delta: {}, finish_reason: finishReason },
  ];
}

/** An empty text has no piece: it is said as it is. */
function isPieced(name: string, said: Fields): boolean {
  return pieced.includes(name) && typeof said[name] === 'string' && said[name] !== '';
}

function toCallDeltas(call: Fields, index: number): Fields[] {
  const holder = isRecord(call.custom) ? 'custom' : 'function';
  const field = holder === 'custom' ? 'input' : 'arguments';
  const { [holder]: called, ...identity } = call;
  const said = isRecord(called) ? called : {};
  const text = typeof said[field] === 'string' ? said[field] : '';
  const first = { ...identity, index, [holder]: { ...said, [field]: '' } };
  const rest = cut(text).map((piece) => ({ index, [holder]: { [field]: piece } }));
  return [first, ...rest].map((part) => ({ tool_calls: [part] }));
}

/** Pieces that end between characters. */
function cut(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = from + pieceLength;
    const isWithinPair = /[\ud800-\udbff]/.test(text.charAt(end - 1)) && end < text.length;
    pieces.push(text.slice(from, isWithinPair ? end + 1 : end));
    from = isWithinPair ? end + 1 : end;
  }
  return pieces;
}

function listRecords(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
