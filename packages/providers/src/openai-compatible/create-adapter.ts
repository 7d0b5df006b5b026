import type { EmbeddingsField } from '@aggregator/contracts';
import { unpricedFields } from '../fields/governed-fields.ts';
import { invalidValue } from '../fields/invalid-value.ts';
import { fatesOf } from '../fields/sort-fields.ts';
import { boundOutput, dropSampling, foldReasoning } from '../openai/adjust-fields.ts';
import { openAiChatFields, openAiEmbeddingsFields } from '../openai/capabilities.ts';
import { createChatLane } from '../openai/chat-lane.ts';
import { createOpenAiDialect } from '../openai/dialect.ts';
import { openAiEndpoint } from '../openai/endpoint.ts';
import { withRefusalAsText, withSystemRole } from '../openai/messages.ts';
import { refusesSampling } from '../openai/model-efforts.ts';
import type { FieldsChange } from '../openai/request.ts';
import type { FieldFate, ProviderAdapter, ProviderTarget } from '../provider-adapter.ts';
import { alphanumericOf, type NameRules, wordsOf } from '../vendor-names/name-rules.ts';
import { addressed } from './address.ts';
import { withPlainSchema } from './answer-schema.ts';
import { compatibleFacts } from './facts.ts';
import { withoutMessageFields, withoutNulls, withText } from './message-fields.ts';
import type { Profile } from './profiles/profile.ts';
import { compatibleResponsesLane } from './responses-lane.ts';
import { withOneSystemMessage } from './system-message.ts';
import { withThoughts } from './thoughts.ts';
import { toToolChange } from './tools.ts';

/** The type of every server that has no adapter. */
export const compatibleType = 'OpenAICompatible';

const laterName = 'max_completion_tokens';
/** Behind the last slash of a name. */
const openAiThinker = /(?:^|\/)(?:o\d|gpt-[5-9])[^/]*$/;
const toolNameRules: Readonly<Record<Profile['toolNames'], NameRules>> = {
  any: {},
  'word-64': { toolName: wordsOf(64) },
  'word-128': { toolName: wordsOf(128) },
};
const callIdRules: Readonly<Record<Profile['callIds'], NameRules>> = {
  any: {},
  'word-64': { callId: wordsOf(64) },
  'alphanumeric-9': { callId: alphanumericOf(9) },
};

/**
 * A server that speaks as OpenAI does, but for what its profile says: what it leaves out of an answer is filled in, and what it
 * does not know is sent in the older words that all servers know.
 *
 * The bound of the answer is sent as `max_tokens` unless the profile says otherwise: vLLM, Groq and today's llama.cpp know the
 * newer name, too, but Mistral rejects it, and Ollama and LM Studio ignore it, so that an answer would have no bound. OpenAI's
 * own thinkers reject the older name, and are known by theirs.
 * Sources, read 2026-11: https://docs.ollama.com/api/openai-compatibility, https://docs.mistral.ai/api/,
 * https://docs.vllm.ai/en/latest/serving/openai_compatible_server.html, https://github.com/ggml-org/llama.cpp/pull/19831.
 */
export function createCompatibleAdapter(profile: Profile): ProviderAdapter {
  const adapter = createOpenAiDialect(compatibleType, compatibleFacts, toChatFields(profile), {
    isLoose: true,
    contextErrors: profile.contextErrors.map((phrase) => phrase.toLowerCase()),
    clientErrors: profile.clientErrors.map((phrase) => phrase.toLowerCase()),
    probePath: profile.probePath,
    adjustEndpoint: addressed(profile),
    adjustMessage(message) {
      const known = profile.developerRole ? message : withSystemRole(message);
      const said = withoutNulls(withThoughts(withRefusalAsText(known), profile.reasoningField));
      return profile.nullContent ? said : withText(said);
    },
    adjustChat: toChatChange(profile),
    embeddings: { fields: withExtras({ ...openAiEmbeddingsFields, ...embeddingsOmitted(profile) }, profile) },
  });
  const { firstTokenTimeoutMs = null, idleTimeoutMs = null } = profile;
  return {
    ...adapter,
    native: {
      'chat.completions': createChatLane({
        reader: adapter.chat,
        isElsewhere: () => false,
        passedFields: profile.extraFields,
        limitFieldOf: (target) => outputLimitFieldOf(profile, target),
        streamOptions: profile.streamOptions,
        toEndpoint: (target) => addressed(profile)(openAiEndpoint(target, '/chat/completions'), target),
      }),
      ...(profile.responsesApi && { responses: compatibleResponsesLane(profile) }),
    },
    names: { ...toolNameRules[profile.toolNames], ...callIdRules[profile.callIds] },
    waits: { firstLifeMs: firstTokenTimeoutMs, idleMs: idleTimeoutMs },
  };
}

function toChatFields(profile: Profile) {
  const omitted = Object.fromEntries(profile.omittedFields.map((name): [string, FieldFate] => [name, 'dropped']));
  const own = {
    ...openAiChatFields,
    // Few of them know custom tools.
    'tools.custom': 'refused',
    top_k: 'mapped',
    reasoning_details: profile.reasoningField === 'none' ? 'dropped' : 'mapped',
    ...omitted,
  } as const;
  return withExtras(own, profile);
}

function embeddingsOmitted({ omittedFields }: Profile): Partial<Record<EmbeddingsField, FieldFate>> {
  return omittedFields.includes('user') ? { user: 'dropped' } : {};
}

/** A table with the fields that a profile lets pass; those that the table has stay as they are there. */
function withExtras<Table extends Readonly<Record<string, FieldFate>>>(table: Table, profile: Profile): Table {
  const { extraFields, unknownFields } = profile;
  const passes = unknownFields === 'pass' || extraFields.includes('*');
  const rest: FieldFate = passes ? 'mapped' : 'dropped';
  return { ...fatesOf(extraFields, 'mapped'), ...fatesOf(unpricedFields, 'dropped'), '*': rest, ...table };
}

function outputLimitFieldOf(
  { outputLimitField }: Profile,
  { model }: Pick<ProviderTarget, 'model'>,
): 'max_tokens' | 'max_completion_tokens' {
  const isLater = outputLimitField === 'auto' ? openAiThinker.test(model) : outputLimitField === laterName;
  return isLater ? laterName : 'max_tokens';
}

function toChatChange(profile: Profile): FieldsChange {
  const { omittedMessageFields, stopsMax, streamOptions, systemMessages } = profile;
  const changeTools = toToolChange(profile);
  return (fields, target, dropped) => {
    fields.messages = withoutMessageFields(fields.messages, omittedMessageFields, dropped);
    foldReasoning(fields, target, dropped);
    if (refusesSampling(target.model, fields.reasoning_effort)) dropSampling(fields, dropped);
    boundOutput(fields, outputLimitFieldOf(profile, target), target);
    if (!streamOptions) delete fields.stream_options;
    if (systemMessages === 'first') fields.messages = withOneSystemMessage(fields.messages);
    if (profile.answerSchema === 'json_object' && fields.response_format !== undefined) {
      fields.response_format = withPlainSchema(fields.response_format);
    }
    if (fields.tools !== undefined) fields.tools = changeTools(fields.tools);
    if (Array.isArray(fields.stop) && fields.stop.length > stopsMax) {
      throw invalidValue('stop', `This server takes at most ${stopsMax} stop sequences.`);
    }
  };
}
