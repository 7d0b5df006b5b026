import { type CompletionsRequest, checkBody, completionsRequest } from '@aggregator/contracts';
import type { SurfaceRequest } from '../chat-surface.ts';
import { FieldJudge, notSupported } from '../fields/field-judge.ts';
import { toSurfaceRequest } from '../fields/surface-request.ts';
import { completionsFates, completionsReasons } from './fields.ts';

/** What the answer needs of the request. */
export class CompletionsOriginal {
  /** Said before each answer: the prompt where `echo` asks for it. */
  readonly echo: string;
  readonly wantsLogprobs: boolean;

  constructor(echo: string, wantsLogprobs: boolean) {
    this.echo = echo;
    this.wantsLogprobs = wantsLogprobs;
  }
}

/** The prompt as what one user says. */
export function toCompletionsChat(body: unknown): SurfaceRequest {
  const request = checkBody(completionsRequest, body);
  const judge = new FieldJudge(completionsFates, completionsReasons);
  judge.judgeBody(request, (name, value) => asksNothing(request, name, value));
  const content = judge.attempt(() => readPrompt(request, judge)) ?? '';
  const { prompt: _prompt, best_of: _bestOf, echo: _echo, suffix: _suffix, logprobs, ...rest } = request;
  const wantsLogprobs = typeof logprobs === 'number';
  judge.attempt(() => {
    if (request.echo === true && wantsLogprobs) throw notSupported('echo', 'a prompt has no logprobs');
  });
  const chat = {
    ...rest,
    messages: [{ role: 'user' as const, content }],
    ...(wantsLogprobs && { logprobs: true, ...(logprobs > 0 && { top_logprobs: logprobs }) }),
  };
  const original = new CompletionsOriginal(request.echo === true ? content : '', wantsLogprobs);
  return toSurfaceRequest(chat, judge, original);
}

export function originalOf({ original }: SurfaceRequest): CompletionsOriginal {
  return original instanceof CompletionsOriginal ? original : new CompletionsOriginal('', false);
}

function asksNothing({ n }: CompletionsRequest, name: string, value: unknown): boolean {
  return (name === 'best_of' && value === (n ?? 1)) || (name === 'suffix' && value === '');
}

function readPrompt({ prompt }: CompletionsRequest, judge: FieldJudge<keyof typeof completionsFates>): string {
  if (typeof prompt === 'string') return prompt;
  const [first] = prompt;
  if (typeof first === 'string' && prompt.length === 1) return first;
  judge.takes(typeof first === 'string' ? 'prompt.batch' : 'prompt.tokens', 'prompt');
  return '';
}
