import { type ResponsesField, responsesFields } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeFates, type FateSample } from '../testing/describe-fates.ts';
import { SdkTypes } from '../testing/sdk-types.ts';
import { responsesFates } from './fields.ts';
import { responsesSurface } from './index.ts';

const plain = { model: 'm', input: 'Hello' };
const user = { role: 'user', content: 'Hello' };
const tool = { type: 'function', name: 'weather', parameters: { type: 'object' }, strict: true };

const values: Readonly<Partial<Record<ResponsesField, unknown>>> = {
  access_programs: { cyber: 'standard' },
  background: true,
  context_management: [{ type: 'compaction', compact_threshold: 1000 }],
  conversation: 'conv_1',
  image: { context_compression: 'auto' },
  include: ['message.output_text.logprobs'],
  input: 'Bye',
  instructions: 'Be brief.',
  max_output_tokens: 7,
  max_tool_calls: 2,
  metadata: { team: 'a' },
  model: 'another',
  moderation: { model: 'omni-moderation-latest' },
  previous_response_id: 'resp_1',
  prompt: { id: 'pmpt_1' },
  prompt_cache_key: 'thread-1',
  prompt_cache_options: { ttl: '12h' },
  prompt_cache_retention: '24h',
  reasoning: { effort: 'high', summary: 'auto' },
  safety_identifier: 'u-1',
  service_tier: 'flex',
  store: false,
  stream: true,
  stream_options: { include_obfuscation: false },
  temperature: 0.3,
  text: { verbosity: 'low' },
  tools: [tool],
  top_logprobs: 2,
  top_p: 0.9,
  truncation: 'auto',
  user: 'u-1',
};

const inside: Readonly<Partial<Record<ResponsesField, object>>> = {
  parallel_tool_calls: { tools: [tool], parallel_tool_calls: false },
  'reasoning.context': { reasoning: { context: 'all_turns' } },
  'reasoning.mode': { reasoning: { mode: 'pro' } },
  'text.format.json_object': { text: { format: { type: 'json_object' } } },
  'text.format.json_schema': { text: { format: { type: 'json_schema', name: 'a', schema: {} } } },
  'text.verbosity': { text: { verbosity: 'low' } },
  tool_choice: { tools: [tool], tool_choice: 'required' },
};

const call = { call_id: 'call_1', name: 'weather' };
const items: Readonly<Record<string, object>> = {
  apply_patch_call: { call_id: 'call_1', operation: { type: 'delete_file', path: 'a' } },
  apply_patch_call_output: { call_id: 'call_1', status: 'completed' },
  local_shell_call: { call_id: 'call_1', action: { type: 'exec', command: ['ls'], env: {} } },
  local_shell_call_output: { id: 'call_1', output: 'a' },
  shell_call: { call_id: 'call_1', action: { commands: ['ls'] } },
  shell_call_output: { call_id: 'call_1', output: [] },
  additional_tools: { role: 'developer', tools: [tool] },
  tool_search_output: { tools: [] },
  message: { role: 'assistant', content: [{ type: 'output_text', text: 'Hi' }] },
  function_call: { ...call, arguments: '{}' },
  function_call_output: { call_id: 'call_1', output: 'rain' },
  custom_tool_call: { ...call, input: 'x' },
  custom_tool_call_output: { call_id: 'call_1', output: 'rain' },
};
const parts: Readonly<Record<string, object>> = {
  input_text: { text: 'Hello' },
  input_image: { image_url: 'data:image/png;base64,AAAA' },
  input_file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,AAAA' },
  output_text: { text: 'Hi' },
  refusal: { refusal: 'No.' },
};

function sampleOf(field: ResponsesField): FateSample {
  const [family = '', kind = ''] = field.split(/\.(.*)/s);
  const withItems = (...more: object[]) => ({ ...plain, input: [user, ...more] });
  const marked = [{ type: 'input_text', text: 'Hello', prompt_cache_breakpoint: { mode: 'explicit' } }];
  if (Object.hasOwn(inside, field)) return { base: plain, sample: { ...plain, ...inside[field] } };
  if (field === 'input.reasoning') {
    const said = { role: 'assistant', content: 'Hi' };
    const thought = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm.' }] };
    return { base: withItems(said), sample: withItems(thought, said) };
  }
  if (field === 'content.prompt_cache_breakpoint')
    return { base: withItems(), sample: withItems({ role: 'user', content: marked }) };
  if (family === 'input' && kind !== '')
    return { base: withItems(), sample: withItems({ type: kind, id: 'x', ...items[kind] }) };
  if (family === 'content') {
    const role = kind === 'refusal' || kind === 'output_text' ? 'assistant' : 'user';
    return { base: withItems(), sample: withItems({ role, content: [{ type: kind, ...parts[kind] }] }) };
  }
  if (kind === 'namespace')
    return { base: plain, sample: { ...plain, tools: [{ type: kind, name: 'a', tools: [tool] }] } };
  if (family === 'tools' && kind !== '') return { base: plain, sample: { ...plain, tools: [{ ...tool, type: kind }] } };
  return { base: plain, sample: { ...plain, [field]: values[field] } };
}

describeFates(responsesSurface, responsesFields, responsesFates, sampleOf);

describe('a responses request', () => {
  const types = new SdkTypes('openai/resources/responses/responses');
  const unknownOf = (family: string, kinds: readonly string[]) =>
    kinds.filter((kind) => !Object.hasOwn(responsesFates, `${family}.${kind}`) && !/_\d{4}_\d{2}_\d{2}$/.test(kind));

  it('is judged in every field and kind that the SDK has', () => {
    expect(types.fieldsOf('ResponseCreateParamsBase').filter((name) => !Object.hasOwn(responsesFates, name))).toEqual(
      [],
    );
    expect(types.kindsOf('ResponseInputItem').length).toBeGreaterThan(30);
    expect(unknownOf('input', types.kindsOf('ResponseInputItem'))).toEqual([]);
    expect(unknownOf('tools', types.kindsOf('Tool'))).toEqual([]);
    expect(unknownOf('content', types.kindsOf('ResponseInputContent'))).toEqual([]);
  });

  it.each([
    ['input[0]', { input: [{ type: 'item_reference', id: 'msg_1' }] }],
    ['input[0]', { input: [{ id: 'msg_1' }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'hologram' }] }] }],
    [
      'input[0].content[0].file_id',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'file_1' }] }] },
    ],
    [
      'input[0].content[0].file_url',
      { input: [{ role: 'user', content: [{ type: 'input_file', file_url: 'https://a.b' }] }] },
    ],
  ])('is refused with the name of what asks for too much: %s', (param, fields) => {
    expect(responsesSurface.toChat({ ...plain, ...fields }).refusal).toMatchObject({
      ...{ code: 'unsupported_parameter', param },
      publicMessage: expect.stringContaining(param),
    });
  });

  it('says where a value is wrong, as the caller wrote it', () => {
    const input = [user, { type: 'function_call', name: 'a' }];

    expect(responsesSurface.toChat({ ...plain, input }).refusal).toMatchObject({
      ...{ code: 'invalid_value', param: 'input[1].call_id' },
    });
  });

  it('takes what asks for nothing', () => {
    const nothing = {
      background: false,
      store: false,
      truncation: 'disabled',
      conversation: null,
      include: ['reasoning.encrypted_content'],
    };

    expect(responsesSurface.toChat({ ...plain, ...nothing }).droppedParams).toEqual([]);
  });

  it('keeps what speaks to us', () => {
    const own = { models: ['other'], provider: { only: ['openai'] }, strict: true };

    expect(responsesSurface.toChat({ ...plain, ...own }).chat).toMatchObject(own);
  });
});
