import { boundOutput, foldReasoning } from '../openai/adjust-fields.ts';
import { openAiChatFields } from '../openai/capabilities.ts';
import { createOpenAiDialect } from '../openai/dialect.ts';
import { withRefusalAsText, withSystemRole } from '../openai/messages.ts';

const laterName = 'max_completion_tokens';
/** Behind the last slash of a name. */
const openAiThinker = /(?:^|\/)(?:o\d|gpt-[5-9])[^/]*$/;

/**
 * Any server that speaks as OpenAI does, most of them not quite: what they leave out of an answer is filled in, and what
 * they do not know goes out in the older words that all of them know. `top_k` is known to most and ignored by the rest.
 *
 * The bound of the answer goes out as `max_tokens`: vLLM, Groq and today's llama.cpp know the newer name, too, but Mistral
 * refuses it, and Ollama and LM Studio ignore it in silence, so that an answer would have no bound. OpenAI's own thinkers
 * refuse the older name, whoever fronts them, and are known by theirs; for a server that calls them otherwise (a
 * deployment of Azure) there is the option `outputLimitField: max_completion_tokens`.
 * Sources, read 2026-11: https://docs.ollama.com/api/openai-compatibility, https://docs.mistral.ai/api/,
 * https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, https://github.com/ggml-org/llama.cpp/pull/19831.
 */
export const openAiCompatibleAdapter = createOpenAiDialect(
  'OpenAICompatible',
  // Few of them know custom tools.
  { ...openAiChatFields, 'tools.custom': 'refused', top_k: 'mapped' },
  {
    isLoose: true,
    // Reasoning stays on the message: DeepSeek and Moonshot want it back between tool calls, and nobody refuses it.
    adjustMessage: (message) => withRefusalAsText(withSystemRole(message)),
    adjustChat(fields, target, dropped) {
      foldReasoning(fields, target, dropped);
      const { outputLimitField = openAiThinker.test(target.model) ? laterName : 'max_tokens' } = target.options;
      boundOutput(fields, outputLimitField === laterName ? laterName : 'max_tokens', target);
    },
  },
);
