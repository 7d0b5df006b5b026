import { unsupported } from '../fields/sort-fields.ts';
import { boundOutput, foldReasoning } from './adjust-fields.ts';
import { openAiChatFields } from './capabilities.ts';
import { createOpenAiDialect } from './dialect.ts';

/**
 * OpenAI itself.
 *
 * `max_tokens` goes out as `max_completion_tokens`, which every chat model takes, while `o*` and `gpt-5*` refuse the older
 * name. `system` and `developer` go out as they came: OpenAI takes the one for the other.
 *
 * Today's image models answer base64 and refuse to be asked for it; a URL they do not make. SVG is drawn by another model,
 * whose tokens no rate of ours counts.
 *
 * Sources: https://platform.openai.com/docs/api-reference/chat/create and …/images/create (read 2026-11, as typed by the
 * `openai` package 7.55).
 */
export const openAiAdapter = createOpenAiDialect('OpenAI', openAiChatFields, {
  adjustChat(fields, target, dropped) {
    foldReasoning(fields, target, dropped);
    boundOutput(fields, 'max_completion_tokens', target);
  },
  images: {
    adjust(fields) {
      if (fields.response_format === 'url') throw unsupported('response_format');
      if (fields.output_format === 'svg') throw unsupported('output_format');
      delete fields.response_format;
    },
  },
});
