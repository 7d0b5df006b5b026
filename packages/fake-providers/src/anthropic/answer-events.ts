import type { AnswerBlock } from './answer-block.ts';
import type { FakeAnswer } from './compose-answer.ts';
import { containerOf } from './hosted-tools.ts';
import type { PromptUsage } from './prompt-cache.ts';
import { splitTokens } from './tokens.ts';

/** An answer as the object that it is when it is not streamed. */
export function toMessage(answer: FakeAnswer, head: { id: string; model: string }, prompt: PromptUsage): object {
  return {
    ...head,
    type: 'message',
    role: 'assistant',
    content: answer.content,
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    stop_details: answer.stopDetails,
    container: containerOf(answer.content),
    diagnostics: null,
    usage: {
      ...toPromptUsage(prompt),
      cache_creation: {
        ephemeral_5m_input_tokens: prompt.cacheWrite5m,
        ephemeral_1h_input_tokens: prompt.cacheWrite1h,
      },
      ...toOutputUsage(answer),
      service_tier: 'standard',
      inference_geo: null,
      speed: null,
    },
  };
}

export interface AnswerEvent {
  event: { type: string; [field: string]: unknown };
  /** Tokens that the caller owes once this has been written. */
  outputTokens: number;
}

/** The same answer as the events of a stream: a text is cut into its tokens, a call into halves. */
export function toEvents(answer: FakeAnswer, head: { id: string; model: string }, prompt: PromptUsage): AnswerEvent[] {
  const empty = {
    content: [],
    stopReason: '',
    stopSequence: null,
    stopDetails: null,
    outputTokens: 1,
    thinkingTokens: 0,
  };
  const message = { ...toMessage(empty, head, prompt), stop_reason: null };
  const events: AnswerEvent[] = [{ event: { type: 'message_start', message }, outputTokens: 0 }];
  for (const [index, block] of answer.content.entries()) {
    events.push({ event: { type: 'content_block_start', index, content_block: emptied(block) }, outputTokens: 0 });
    if (index === 0) events.push({ event: { type: 'ping' }, outputTokens: 0 });
    for (const delta of deltasOf(block)) {
      events.push({
        event: { type: 'content_block_delta', index, delta },
        outputTokens: delta.type === 'text_delta' ? 1 : 0,
      });
    }
    events.push({ event: { type: 'content_block_stop', index }, outputTokens: 0 });
  }
  const streamed = events.reduce((sum, { outputTokens }) => sum + outputTokens, 0);
  const delta = {
    stop_reason: answer.stopReason,
    stop_sequence: answer.stopSequence,
    stop_details: answer.stopDetails,
    container: containerOf(answer.content),
  };
  const usage = { ...toPromptUsage(prompt), ...toOutputUsage(answer) };
  events.push({
    event: { type: 'message_delta', delta, usage },
    outputTokens: Math.max(0, answer.outputTokens - streamed),
  });
  events.push({ event: { type: 'message_stop' }, outputTokens: 0 });
  return events;
}

function toPromptUsage({ input, cacheRead, cacheWrite5m, cacheWrite1h }: PromptUsage) {
  return {
    input_tokens: input,
    cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
    cache_read_input_tokens: cacheRead,
  };
}

function toOutputUsage({ outputTokens, thinkingTokens }: FakeAnswer) {
  return {
    output_tokens: outputTokens,
    output_tokens_details: thinkingTokens > 0 ? { thinking_tokens: thinkingTokens } : null,
    server_tool_use: null,
  };
}

function emptied(block: AnswerBlock): object {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
    case 'server_tool_use':
      return { ...block, input: {} };
    case 'redacted_thinking':
    case 'bash_code_execution_tool_result':
      return block;
  }
}

function deltasOf(block: AnswerBlock): { type: string; [field: string]: unknown }[] {
  switch (block.type) {
    case 'text':
      return splitTokens(block.text).map((text) => ({ type: 'text_delta', text }));
    case 'thinking': {
      const pieces = splitTokens(block.thinking).map((thinking) => ({ type: 'thinking_delta', thinking }));
      return [...pieces, { type: 'signature_delta', signature: block.signature }];
    }
    case 'tool_use':
    case 'server_tool_use': {
      const input = JSON.stringify(block.input);
      // A call without arguments has one empty piece.
      const pieces = input === '{}' ? [''] : ['', input.slice(0, input.length / 2), input.slice(input.length / 2)];
      return pieces.map((piece) => ({ type: 'input_json_delta', partial_json: piece }));
    }
    case 'redacted_thinking':
    case 'bash_code_execution_tool_result':
      return [];
  }
}
