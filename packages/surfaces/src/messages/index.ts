import { finishSteps, toAnthropicErrorBody } from '@aggregator/contracts';
import type { ChatSurface } from '../chat-surface.ts';
import { messagesAnswers } from './native.ts';
import { toMessagesChat } from './request.ts';
import { toMessage } from './response.ts';
import { MessagesStream } from './stream.ts';

export { toCountTokensChat } from './request.ts';

export const messagesSurface: ChatSurface = {
  name: 'messages',
  toChat: (body) => finishSteps(toMessagesChat(body)),
  toChatSteps: toMessagesChat,
  fromAnswer: toMessage,
  createStream: (request, head) => new MessagesStream(request, head),
  toErrorBody: toAnthropicErrorBody,
  native: messagesAnswers,
  fieldNames: {
    'content.file': 'content.document',
    'content.image_url': 'content.image',
    stop: 'stop_sequences',
    max_completion_tokens: 'max_tokens',
    response_format: 'output_config.format',
    'response_format.json_schema': 'output_config.format',
    reasoning: 'thinking',
    reasoning_details: 'content.thinking',
    reasoning_effort: 'output_config.effort',
    user: 'metadata.user_id',
    safety_identifier: 'metadata.user_id',
    parallel_tool_calls: 'tool_choice.disable_parallel_tool_use',
  },
};
