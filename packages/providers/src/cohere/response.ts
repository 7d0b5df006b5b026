import { parseRecord } from '@aggregator/contracts';
import { noArguments } from '../chunks/no-arguments.ts';
import { notUnderstood } from '../errors/verdicts.ts';
import type { TranslatedAnswer } from '../provider-adapter.ts';
import { ProviderFailure } from '../provider-failure.ts';
import { toAnnotations } from './citations.ts';
import { classifyCohereErrorBody } from './errors.ts';
import { fromCohereFinishReason } from './finish-reason.ts';
import { fromCohereChatUsage, toCohereTotals } from './usage.ts';
import { cohereAnswerWire } from './wire.ts';

/**
 * Thinking and the plan before tool calls become `reasoning_content`. Cohere reports neither a time nor its model:
 * `created` is 0 and there is no `model`, which the caller adds.
 */
export function fromCohereChatResponse(body: string): TranslatedAnswer {
  const record = parseRecord(body);
  if (record === null) throw new ProviderFailure(notUnderstood('success that is not a JSON object'));
  const error = classifyCohereErrorBody(record);
  if (error !== null) throw new ProviderFailure(error);
  const parsed = cohereAnswerWire.safeParse(record);
  if (!parsed.success) throw new ProviderFailure(notUnderstood('success without a message'));
  const { id, finish_reason: reason, message } = parsed.data;

  const blocks = message.content ?? [];
  const text = blocks.map((block) => block.text ?? '').join('');
  const reasoning = blocks.map((block) => block.thinking ?? '').join('') + (message.tool_plan ?? '');
  const calls = (message.tool_calls ?? []).map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.function?.name ?? '', arguments: call.function?.arguments || noArguments },
  }));
  const annotations = (message.citations ?? []).flatMap(toAnnotations);
  const usage = fromCohereChatUsage(parsed.data.usage);
  return {
    body: {
      id: id ?? '',
      object: 'chat.completion',
      created: 0,
      choices: [
        {
          index: 0,
          message: {
            role: 'assistant',
            content: text === '' && calls.length > 0 ? null : text,
            refusal: null,
            ...(reasoning !== '' && { reasoning_content: reasoning }),
            ...(calls.length > 0 && { tool_calls: calls }),
            ...(annotations.length > 0 && { annotations }),
          },
          logprobs: null,
          ...fromCohereFinishReason(reason ?? ''),
        },
      ],
      ...(usage !== null && { usage: toCohereTotals(usage) }),
    },
    usage,
  };
}
