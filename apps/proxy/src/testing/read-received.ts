import { z } from 'zod';

const received = z.looseObject({
  error: z.looseObject({ code: z.string() }).optional(),
  id: z.string().optional(),
  model: z.string().optional(),
  provider: z.string().optional(),
  resumed_from: z.string().optional(),
  usage: z.looseObject({ completion_tokens: z.number() }).nullish(),
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.string().nullable() }).optional(),
        delta: z.looseObject({ role: z.string().optional(), content: z.string().nullish() }).optional(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
});

/** An answer as its caller reads it, plain or streamed. */
export interface Received {
  readonly text: string;
  readonly finishReasons: string[];
  readonly error: string | null;
  readonly isDone: boolean;
  readonly ids: number;
  readonly roles: number;
  readonly provider: string | null;
  readonly resumedFrom: string | null;
  readonly models: string[];
}

/** `events` are the `data` of a stream's events, or the one body of a plain answer. Throws on what is not JSON. */
export function readReceived(events: readonly string[]): Received {
  const bodies = events.filter((event) => event !== '[DONE]').map((event) => received.parse(JSON.parse(event)));
  const choices = bodies.flatMap((body) => body.choices ?? []);
  const last = bodies.at(-1);
  return {
    text: choices.map(({ message, delta }) => message?.content ?? delta?.content ?? '').join(''),
    finishReasons: choices.flatMap(({ finish_reason: reason }) => reason ?? []),
    error: bodies.flatMap(({ error }) => error?.code ?? [])[0] ?? null,
    isDone: events.at(-1) === '[DONE]',
    ids: new Set(bodies.flatMap(({ id }) => id ?? [])).size,
    roles: choices.filter(({ delta }) => delta?.role !== undefined).length,
    provider: last?.provider ?? null,
    resumedFrom: last?.resumed_from ?? null,
    models: [...new Set(bodies.flatMap(({ model }) => model ?? []))],
  };
}
