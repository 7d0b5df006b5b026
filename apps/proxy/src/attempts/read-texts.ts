import { isRecord } from '@aggregator/contracts';

type Fields = Readonly<Record<string, unknown>>;

/** Returns what choices say: text, refusal, reasoning, and names and arguments of tool calls. */
export function readTexts(choices: unknown, holder: 'message' | 'delta'): string[] {
  const said = Array.isArray(choices) ? choices.filter(isRecord).map((choice) => choice[holder]) : [];
  return said.filter(isRecord).flatMap(textsOfMessage);
}

/** Returns what the chunks of a stream say, choice by choice, as they were cut: an estimate joins them (`estimateAnswer`). */
export function readTextsOfChunks(choicesOfChunks: readonly unknown[]): string[] {
  const choices = choicesOfChunks.flat().filter(isRecord);
  return [...Map.groupBy(choices, ({ index }) => index).values()].flatMap((chunks) => readTexts(chunks, 'delta'));
}

/** The same of one message, of an answer or of a prompt. */
export function textsOfMessage(message: Fields): string[] {
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls.filter(isRecord) : [];
  const called = [...calls.flatMap((call) => [call.function, call.custom]), message.function_call].filter(isRecord);
  const reasoning = message.reasoning_content ?? message.reasoning;
  return [
    ...textsOfContent(message.content),
    ...[message.refusal, reasoning].filter(isText),
    ...called.flatMap((one) => [one.name, one.arguments, one.input]).filter(isText),
  ];
}

function textsOfContent(content: unknown): string[] {
  if (isText(content)) return [content];
  if (!Array.isArray(content)) return [];
  return content.filter(isRecord).flatMap((part) => [part.text, part.refusal, part.thinking].filter(isText));
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}
