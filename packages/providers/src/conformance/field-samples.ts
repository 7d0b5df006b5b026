import type { ChatField, EmbeddingsField, ImagesField } from '@aggregator/contracts';

export interface FieldSample {
  /** A request without the field. */
  readonly base: unknown;
  /** The same with it. */
  readonly sample: unknown;
}

const messages = [{ role: 'user', content: 'Hello' }];
const plain = { model: 'm', messages };
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tool = { type: 'function', function: { name: 'weather', description: 'The weather', parameters } };
const pixel = 'data:image/png;base64,iVBORw0KGgo=';

const withField = (name: string, value: unknown, base: object = plain): FieldSample => ({
  base,
  sample: { ...base, [name]: value },
});
const withPart = (part: unknown): FieldSample => ({
  base: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] },
  sample: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }, part] }] },
});
const withAssistant = (message: object, base: object = { role: 'assistant', content: 'Yes?' }): FieldSample => ({
  base: { model: 'm', messages: [...messages, base, ...messages] },
  sample: { model: 'm', messages: [...messages, { ...base, ...message }, ...messages] },
});

/** Each field of a chat in a request where it means something. */
export const chatSamples: Readonly<Record<ChatField, FieldSample>> = {
  audio: withField('audio', { voice: 'alloy', format: 'wav' }),
  'content.audio': withAssistant({ audio: { id: 'audio_1' } }),
  'content.cache_control': {
    base: { model: 'm', messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }] },
    sample: {
      model: 'm',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello', cache_control: { type: 'ephemeral' } }] }],
    },
  },
  'content.file': withPart({
    type: 'file',
    file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' },
  }),
  'content.image_url': withPart({ type: 'image_url', image_url: { url: pixel } }),
  'content.input_audio': withPart({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }),
  'content.refusal': withAssistant({ content: [{ type: 'refusal', refusal: 'No.' }] }),
  'content.text': withPart({ type: 'text', text: 'again' }),
  frequency_penalty: withField('frequency_penalty', 0.5),
  function_call: withField('function_call', 'none', { ...plain, functions: [tool.function] }),
  functions: withField('functions', [tool.function]),
  logit_bias: withField('logit_bias', { '50256': -100 }),
  logprobs: withField('logprobs', true),
  max_completion_tokens: withField('max_completion_tokens', 17),
  max_tokens: withField('max_tokens', 17),
  messages: { base: plain, sample: plain },
  metadata: withField('metadata', { team: 'a' }),
  modalities: withField('modalities', ['text', 'image']),
  model: { base: plain, sample: plain },
  moderation: withField('moderation', { model: 'omni-moderation-latest' }),
  n: withField('n', 2),
  parallel_tool_calls: withField('parallel_tool_calls', false, { ...plain, tools: [tool] }),
  prediction: withField('prediction', { type: 'content', content: 'Hello' }),
  presence_penalty: withField('presence_penalty', 0.5),
  prompt_cache_key: withField('prompt_cache_key', 'thread-1'),
  prompt_cache_options: withField('prompt_cache_options', { scope: 'user' }),
  prompt_cache_retention: withField('prompt_cache_retention', '24h'),
  reasoning: withField('reasoning', { effort: 'high' }),
  reasoning_details: withAssistant({
    reasoning_details: [
      { type: 'reasoning.text', text: 'Hm.', signature: 'c2ln', format: 'anthropic-claude-v1', index: 0 },
      { type: 'reasoning.encrypted', data: 'c2ln', format: 'google-gemini-v1', index: 1 },
      { type: 'reasoning.encrypted', data: 'c2ln', format: 'openai-responses-v1', index: 2 },
      { type: 'reasoning.text', text: 'Hm.', index: 3 },
    ],
  }),
  reasoning_effort: withField('reasoning_effort', 'high'),
  'response_format.json_object': withField('response_format', { type: 'json_object' }),
  'response_format.json_schema': withField('response_format', {
    type: 'json_schema',
    json_schema: { name: 'place', strict: true, schema: { ...parameters, additionalProperties: false } },
  }),
  safety_identifier: withField('safety_identifier', 'u-1'),
  seed: withField('seed', 7),
  service_tier: withField('service_tier', 'priority'),
  stop: withField('stop', ['END']),
  store: withField('store', true),
  stream: withField('stream', true),
  stream_options: withField(
    'stream_options',
    { include_usage: true, include_obfuscation: false },
    { ...plain, stream: true },
  ),
  temperature: withField('temperature', 0.3),
  tool_choice: withField('tool_choice', 'required', { ...plain, tools: [tool] }),
  'tools.custom': withField('tools', [{ type: 'custom', custom: { name: 'shell' } }]),
  'tools.function': withField('tools', [tool]),
  top_k: withField('top_k', 40),
  top_logprobs: withField('top_logprobs', 2, { ...plain, logprobs: true }),
  top_p: withField('top_p', 0.9),
  user: withField('user', 'u-1'),
  verbosity: withField('verbosity', 'low'),
  web_search_options: withField('web_search_options', {}),
};

const embedded = { model: 'm', input: 'Hello' };

/** The same for embeddings. */
export const embeddingsSamples: Readonly<Record<EmbeddingsField, FieldSample>> = {
  dimensions: withField('dimensions', 256, embedded),
  encoding_format: withField('encoding_format', 'base64', embedded),
  'input.text': withField('input', 'Hello again', embedded),
  'input.tokens': withField('input', [1, 2, 3], embedded),
  model: { base: embedded, sample: embedded },
  user: withField('user', 'u-1', embedded),
};

const drawn = { model: 'm', prompt: 'A horse' };

/** The same for images. */
export const imagesSamples: Readonly<Record<ImagesField, FieldSample>> = {
  background: withField('background', 'transparent', drawn),
  model: { base: drawn, sample: drawn },
  moderation: withField('moderation', 'low', drawn),
  n: withField('n', 2, drawn),
  output_compression: withField('output_compression', 50, drawn),
  output_format: withField('output_format', 'webp', drawn),
  partial_images: withField('partial_images', 2, drawn),
  prompt: { base: drawn, sample: drawn },
  quality: withField('quality', 'high', drawn),
  response_format: withField('response_format', 'b64_json', drawn),
  size: withField('size', '1024x1024', drawn),
  stream: withField('stream', true, drawn),
  style: withField('style', 'vivid', drawn),
  user: withField('user', 'u-1', drawn),
};
