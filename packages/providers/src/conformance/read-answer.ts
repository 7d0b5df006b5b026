import { z } from 'zod';
import type { ChatStreamTranslator } from '../provider-adapter.ts';
import { SseParser } from '../sse/sse-parser.ts';
import type { ChatFixture } from './fixtures.ts';

/** What a caller makes of an answer, plain or streamed. */
export type AnswerRead = Omit<ChatFixture['expected'], 'usage'>;

const text = z.string().nullish();
const toolCall = z.looseObject({
  index: z.number().optional(),
  function: z.looseObject({ name: text, arguments: text }),
});
const said = z.looseObject({
  content: text,
  refusal: text,
  reasoning_content: text,
  tool_calls: z.array(toolCall).nullish(),
});
const answer = z.looseObject({
  choices: z.array(z.looseObject({ index: z.number(), message: said, finish_reason: text })),
});
const chunk = z.looseObject({
  object: z.literal('chat.completion.chunk'),
  choices: z.array(z.looseObject({ index: z.number(), delta: said, finish_reason: text })),
});

export function readPlainAnswer(body: unknown): AnswerRead {
  const read = emptyAnswer();
  for (const choice of answer.parse(body).choices) {
    addSaid(read, choice.message);
    for (const call of choice.message.tool_calls ?? []) addCall(read, read.toolCalls.length, call.function);
    if (choice.finish_reason) read.finishReasons.push(choice.finish_reason);
  }
  return read;
}

/** Joins chunks as a client does, choice by choice. */
export function joinChunks(chunks: readonly unknown[]): AnswerRead {
  const byChoice: AnswerRead[] = [];
  for (const { choices } of chunks.map((value) => chunk.parse(value))) {
    for (const choice of choices) {
      byChoice[choice.index] ??= emptyAnswer();
      const read = byChoice[choice.index] ?? emptyAnswer();
      addSaid(read, choice.delta);
      for (const call of choice.delta.tool_calls ?? []) addCall(read, call.index ?? 0, call.function);
      if (choice.finish_reason) read.finishReasons.push(choice.finish_reason);
    }
  }
  return byChoice.reduce((all, one) => {
    addSaid(all, { content: one.text, refusal: one.refusal, reasoning_content: one.reasoning });
    all.toolCalls.push(...one.toolCalls);
    all.finishReasons.push(...one.finishReasons);
    return all;
  }, emptyAnswer());
}

export interface StreamRead {
  translator: ChatStreamTranslator;
  /** Texts sent on as they came, then what was kept for the end. */
  sent: string[];
  end: Record<string, unknown> | null;
}

/** Bytes of a provider's stream through the event parser and a translator. */
export function readStream(translator: ChatStreamTranslator, byteChunks: readonly Buffer[]): StreamRead {
  const parser = new SseParser();
  const sent: string[] = [];
  const take = (events: readonly string[]) => {
    for (const event of events) sent.push(...translator.push(event));
  };
  for (const bytes of byteChunks) take(parser.push(bytes));
  take(parser.end());
  sent.push(...(translator.release?.() ?? []));
  return { translator, sent, end: translator.end() };
}

export function chunksOf({ sent, end }: StreamRead): unknown[] {
  const chunks: unknown[] = sent.map((value) => JSON.parse(value));
  return end === null ? chunks : [...chunks, end];
}

/** Events as the provider sends them. */
export function toEventStream(events: readonly unknown[], terminator = 'data: [DONE]\n\n'): Buffer {
  return Buffer.from(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('') + terminator);
}

function emptyAnswer(): AnswerRead {
  return { text: '', reasoning: '', refusal: '', toolCalls: [], finishReasons: [] };
}

function addSaid(read: AnswerRead, { content, refusal, reasoning_content: reasoning }: z.infer<typeof said>): void {
  read.text += content ?? '';
  read.refusal += refusal ?? '';
  read.reasoning += reasoning ?? '';
}

function addCall(read: AnswerRead, index: number, part: z.infer<typeof toolCall>['function']): void {
  read.toolCalls[index] ??= { name: '', arguments: '' };
  const call = read.toolCalls[index];
  if (call === undefined) return;
  call.name += part.name ?? '';
  call.arguments += part.arguments ?? '';
}
