import type { FakePart, FakeRequest } from './wire.ts';

const tokenPattern = /\s*\S{1,8}|\s+$/gu;
const pictureTokens = 258;
const soundTokens = 32;

/** The fake's own rule: up to eight characters that are not white space, with the white space before them. */
export function splitTokens(text: string): string[] {
  return text.match(tokenPattern) ?? [];
}

export function countTokens(text: string): number {
  return splitTokens(text).length;
}

export interface PromptTokens {
  all: number;
  image: number;
  audio: number;
}

export function countPromptTokens({ contents, systemInstruction, tools }: FakeRequest): PromptTokens {
  const parts = [...(systemInstruction?.parts ?? []), ...contents.flatMap((content) => content.parts)];
  const count: PromptTokens = { all: tools === undefined ? 0 : countTokens(JSON.stringify(tools)), image: 0, audio: 0 };
  for (const part of parts) {
    const kind = kindOf(part);
    const tokens = kind === 'text' ? countText(part) : kind === 'audio' ? soundTokens : pictureTokens;
    count.all += tokens;
    if (kind === 'audio') count.audio += tokens;
    if (kind === 'image') count.image += tokens;
  }
  return count;
}

function kindOf({ inlineData, fileData }: FakePart): 'text' | 'audio' | 'image' {
  if (inlineData === undefined && fileData === undefined) return 'text';
  return inlineData?.mimeType.startsWith('audio/') ? 'audio' : 'image';
}

function countText({ text, functionCall, functionResponse }: FakePart): number {
  return countTokens(text ?? JSON.stringify(functionCall ?? functionResponse ?? ''));
}
