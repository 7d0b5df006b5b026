import { finishSteps, type MessagesField, messagesFields } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { describeFates, type FateSample } from '../testing/describe-fates.ts';
import { SdkTypes } from '../testing/sdk-types.ts';
import { messagesFates } from './fields.ts';
import { messagesSurface, toCountTokensChat } from './index.ts';

const user = { role: 'user', content: 'Hello' };
const plain = { model: 'm', max_tokens: 100, messages: [user] };
const tool = { name: 'weather', input_schema: { type: 'object' } };
const mark = { type: 'ephemeral', ttl: '1h' };

const values: Readonly<Partial<Record<MessagesField, unknown>>> = {
  billing_policy: { type: 'any' },
  cache_control: mark,
  compaction: { type: 'auto' },
  container: 'container_1',
  context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
  diagnostics: { previous_message_id: 'msg_1' },
  fallback_credit_token: 'token',
  fallbacks: [{ model: 'other' }],
  inference_geo: 'eu',
  max_tokens: 7,
  mcp_servers: [{ type: 'url', url: 'https://mcp.example', name: 'a' }],
  messages: [{ role: 'user', content: 'Bye' }],
  metadata: { user_id: 'u-1' },
  model: 'another',
  output_config: { format: { type: 'json_schema', schema: { type: 'object' } } },
  output_format: { type: 'json_schema', schema: { type: 'object' } },
  service_tier: 'standard_only',
  speed: 'fast',
  stop_sequences: ['END'],
  stream: true,
  system: [{ type: 'text', text: 'Be brief.', cache_control: mark }],
  temperature: 0.3,
  thinking: { type: 'enabled', budget_tokens: 2048 },
  thread: { id: 'thread_1' },
  tools: [tool],
  top_k: 40,
  top_p: 0.9,
};

const withBlock = (block: object, role = 'user'): object => ({
  ...plain,
  messages: [user, { role, content: [{ type: 'text', text: 'x' }, block] }],
});
const image = (source: object) => withBlock({ type: 'image', source });
const document = (source: object) => withBlock({ type: 'document', source });
const assistantBlocks: ReadonlySet<string> = new Set(['thinking', 'redacted_thinking', 'tool_use']);
const blocks: Readonly<Record<string, object>> = {
  text: { text: 'y' },
  image: { source: { type: 'url', url: 'https://example.org/a.png' } },
  document: { source: { type: 'base64', media_type: 'application/pdf', data: 'AAAA' } },
  search_result: { source: 'https://example.org', title: 'A', content: [{ type: 'text', text: 'y' }] },
  thinking: { thinking: 'Hm.', signature: 'c2ln' },
  redacted_thinking: { data: 'ZGF0YQ' },
  tool_use: { id: 'toolu_1', name: 'weather', input: { city: 'Rome' } },
  tool_result: { tool_use_id: 'toolu_1', content: 'rain' },
};

const inside: Readonly<Partial<Record<MessagesField, FateSample>>> = {
  'content.cache_control': {
    base: withBlock({ type: 'text', text: 'y' }),
    sample: withBlock({ type: 'text', text: 'y', cache_control: mark }),
  },
  'content.citations': {
    base: withBlock({ type: 'document', ...blocks.document }),
    sample: withBlock({ type: 'document', ...blocks.document, citations: { enabled: true } }),
  },
  'output_config.effort': { base: plain, sample: { ...plain, output_config: { effort: 'high' } } },
  'output_config.task_budget': {
    base: plain,
    sample: { ...plain, output_config: { task_budget: { type: 'tokens', total: 9 } } },
  },
  'source.base64': { base: plain, sample: image({ type: 'base64', media_type: 'image/png', data: 'AAAA' }) },
  'source.content': { base: plain, sample: document({ type: 'content', content: 'y' }) },
  'source.file': { base: plain, sample: image({ type: 'file', file_id: 'file_1' }) },
  'source.text': { base: plain, sample: document({ type: 'text', media_type: 'text/plain', data: 'y' }) },
  'source.url': { base: plain, sample: image({ type: 'url', url: 'https://example.org/a.png' }) },
  'thinking.display': {
    base: { ...plain, thinking: { type: 'adaptive' } },
    sample: { ...plain, thinking: { type: 'adaptive', display: 'omitted' } },
  },
  tool_choice: { base: { ...plain, tools: [tool] }, sample: { ...plain, tools: [tool], tool_choice: { type: 'any' } } },
};

function sampleOf(field: MessagesField): FateSample {
  const sample = inside[field];
  if (sample !== undefined) return sample;
  if (!field.startsWith('content.')) return { base: plain, sample: { ...plain, [field]: values[field] } };
  const kind = field.slice('content.'.length);
  const role = assistantBlocks.has(kind) ? 'assistant' : 'user';
  const base = { ...plain, messages: [user, { role, content: [{ type: 'text', text: 'x' }] }] };
  return { base, sample: withBlock({ type: kind, ...blocks[kind] }, role) };
}

/** Thrown for a frame that cannot be read, kept for a part. */
function readFault(body: object): unknown {
  try {
    return messagesSurface.toChat(body).refusal;
  } catch (thrown) {
    return thrown;
  }
}

describeFates(messagesSurface, messagesFields, messagesFates, sampleOf);

describe('a messages request', () => {
  const stable = new SdkTypes('@anthropic-ai/sdk/resources/messages/messages');
  const beta = new SdkTypes('@anthropic-ai/sdk/resources/beta/messages/messages');
  /** Sent as headers. */
  const headers = ['betas', 'user_profile_id', 'workspace_id'];

  it('is judged in every field and kind of block that the SDK has', () => {
    const names = [...stable.fieldsOf('MessageCreateParamsBase'), ...beta.fieldsOf('MessageCreateParamsBase')];
    const kinds = [...stable.kindsOf('ContentBlockParam'), ...beta.kindsOf('BetaContentBlockParam')];

    expect(names.filter((name) => !Object.hasOwn(messagesFates, name) && !headers.includes(name))).toEqual([]);
    expect(kinds.length).toBeGreaterThan(30);
    expect(kinds.filter((kind) => !Object.hasOwn(messagesFates, `content.${kind}`))).toEqual([]);
  });

  it("drops and names every tool that Anthropic's servers run, and takes those that the client runs", () => {
    const kinds = beta.kindsOf('BetaToolUnion').filter((kind) => kind !== 'custom');
    const dropped = kinds.filter((type) => {
      const asked = messagesSurface.toChat({ ...plain, tools: [tool, { type, name: 'a' }] });
      expect(asked.refusal).toBeNull();
      return asked.droppedParams.includes(`tools.${type}`);
    });
    const client = /^(bash|text_editor|memory|computer)_\d+$/;

    expect(dropped.length).toBeGreaterThan(12);
    expect(dropped).toEqual(kinds.filter((kind) => !client.test(kind)));
    expect(messagesSurface.toChat({ ...plain, tools: [{ ...tool, type: 'custom' }] }).droppedParams).toEqual([]);
  });

  it('is the same for both versions of the API: sampling parameters are taken under each version', () => {
    const sampling = { temperature: 0.3, top_p: 0.9, top_k: 40 };

    expect(messagesSurface.toChat({ ...plain, ...sampling }).chat).toMatchObject(sampling);
  });

  it.each([
    ['max_tokens', { max_tokens: undefined }],
    ['max_tokens', { max_tokens: 0 }],
    ['messages', { messages: [] }],
    ['messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['messages[0].content[0].text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages[0].content[0].tool_use_id', { messages: [{ role: 'user', content: [{ type: 'tool_result' }] }] }],
    ['tools[0].input_schema', { tools: [{ name: 'a' }] }],
    ['tool_choice.name', { tools: [tool], tool_choice: { type: 'tool' } }],
  ])('says where a value is wrong, as the caller wrote it: %s', (param, fields) => {
    expect(readFault({ ...plain, ...fields })).toMatchObject({ code: 'invalid_value', param });
  });

  it('is refused for a document that the assistant says, or that lies elsewhere', () => {
    const elsewhere = { type: 'document', source: { type: 'url', url: 'https://example.org/a.pdf' } };
    const param = 'messages[1].content[1]';

    expect(readFault(withBlock({ type: 'document', ...blocks.document }, 'assistant'))).toMatchObject({
      ...{ code: 'unsupported_parameter', param },
    });
    expect(readFault(withBlock(elsewhere))).toMatchObject({
      ...{ code: 'unsupported_parameter', param: `${param}.source` },
    });
  });

  it('is counted without max_tokens', () => {
    const { max_tokens: _max, ...conversation } = plain;

    expect(finishSteps(toCountTokensChat({ ...conversation, system: 'Be brief.', tools: [tool] })).chat).toMatchObject({
      model: 'm',
      messages: [{ role: 'system', content: 'Be brief.' }, user],
      tools: [{ type: 'function', function: { name: 'weather' } }],
    });
  });
});
