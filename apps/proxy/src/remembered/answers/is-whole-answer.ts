import { z } from 'zod';

const wholeChat = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        finish_reason: z.enum(['stop', 'tool_calls', 'function_call']),
        // What was refused may be answered the next time; sound expires at the provider.
        message: z.looseObject({ refusal: z.union([z.null(), z.literal('')]).optional(), audio: z.null().optional() }),
      }),
    )
    .min(1),
  error: z.null().optional(),
});
const wholeEmbeddings = z.looseObject({
  object: z.literal('list'),
  data: z.array(z.looseObject({ embedding: z.union([z.string(), z.array(z.number())]) })).min(1),
  error: z.null().optional(),
});
const wholeAnswer = z.union([wholeChat, wholeEmbeddings]);

/** True if an answer is all that was asked for: not cut short, filtered or refused. */
export function isWholeAnswer(body: unknown): boolean {
  return wholeAnswer.safeParse(body).success;
}
