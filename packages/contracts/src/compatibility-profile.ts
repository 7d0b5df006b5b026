import { z } from 'zod';
import { optionValueCharactersMax } from './routing-snapshot.ts';

/**
 * The option of a provider of type OpenAICompatible that holds its profile: a name, or the JSON text of
 * `compatibilityProfile`.
 */
export const profileOption = 'profile';

/** Profiles that the product knows; `packages/providers/src/openai-compatible/profiles` has their facts. */
export const profileNames = [
  'default',
  'azure',
  'cerebras',
  'databricks',
  'deepseek',
  'fireworks',
  'groq',
  'litellm',
  'llama-cpp',
  'llama-cpp-python',
  'lm-studio',
  'minimax',
  'mistral',
  'moonshot',
  'ollama',
  'perplexity',
  'qwen',
  'sglang',
  'tgi',
  'together',
  'vllm',
  'xai',
  'zai',
] as const;

const fieldName = z
  .string()
  .max(64)
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/);
const extraField = z
  .string()
  .max(64)
  .regex(/^([*]|[A-Za-z_][A-Za-z0-9_.-]*)$/);
const keyword = z
  .string()
  .max(64)
  .regex(/^[$A-Za-z_][A-Za-z0-9_-]*$/);
const headerName = z
  .string()
  .max(64)
  .regex(/^[a-z0-9][a-z0-9-]*$/);
/** Printable ASCII: all that a header and a query can hold without another encoding. */
const plainText = z
  .string()
  .max(200)
  .regex(/^[\x20-\x7e]*$/);
const phrase = z.string().min(4).max(200);

/**
 * How one OpenAI-compatible server differs from OpenAI. Every field is optional: what is absent is as the named profile
 * has it. A text is bounded, so that the Kubernetes API server can estimate what the schema costs.
 */
export const compatibilitySettings = z.strictObject({
  reasoningField: z
    .enum(['reasoning_content', 'reasoning', 'both', 'reasoning_details', 'none'])
    .optional()
    .describe('The field of an assistant message in which the server takes its thoughts back.'),
  outputLimitField: z
    .enum(['auto', 'max_tokens', 'max_completion_tokens'])
    .optional()
    .describe('The field that bounds the answer; auto decides by the name of the model.'),
  systemMessages: z
    .enum(['first', 'any'])
    .optional()
    .describe('first: all system messages become one, and it is the first. any: they stay where they are.'),
  developerRole: z.boolean().optional().describe('Whether the server knows the role developer.'),
  nullContent: z
    .boolean()
    .optional()
    .describe('Whether the server takes null as the content of a message; if not, an empty text is sent.'),
  answerSchema: z
    .enum(['json_schema', 'json_object'])
    .optional()
    .describe('How the server takes the schema of an answer. json_object: as schema of the format json_object.'),
  streamOptions: z.boolean().optional().describe('Whether the server takes stream_options.'),
  strictTools: z.boolean().optional().describe('Whether the server takes strict on a tool.'),
  omittedFields: z
    .array(fieldName)
    .max(32)
    .optional()
    .describe('Fields of a request that the server rejects: dropped, and named to the client.'),
  omittedMessageFields: z
    .array(fieldName)
    .max(16)
    .optional()
    .describe('Fields of a message that the server rejects: dropped, and named to the client.'),
  extraFields: z
    .array(extraField)
    .max(64)
    .optional()
    .describe('Fields beside those of OpenAI that pass as they came, in addition to those of the profile; * for all.'),
  unknownFields: z
    .enum(['pass', 'drop'])
    .optional()
    .describe(
      'Fields that the product does not know. pass: they pass as they came. drop: dropped, and named to the client.',
    ),
  omittedSchemaKeywords: z
    .array(keyword)
    .max(16)
    .optional()
    .describe('Keywords of a tool’s schema that the server rejects.'),
  stopsMax: z.int().min(1).max(16).optional().describe('Most stop sequences that the server takes.'),
  toolNames: z
    .enum(['any', 'word-64', 'word-128'])
    .optional()
    .describe('Names of tools that the server takes: letters, digits, _ and -, and how many.'),
  callIds: z
    .enum(['any', 'word-64', 'alphanumeric-9'])
    .optional()
    .describe('Ids of tool calls that the server takes; others are mapped, and mapped back.'),
  responsesApi: z
    .boolean()
    .optional()
    .describe('Whether the server has the Responses API: requests of /v1/responses go out as they came.'),
  credentialHeader: headerName
    .optional()
    .describe('The header that holds the key; authorization holds it as a bearer token.'),
  headers: z
    .record(headerName, plainText)
    .optional()
    .meta({ maxProperties: 8, description: 'Headers of each request. Not for secrets.' }),
  query: z
    .record(fieldName, plainText)
    .optional()
    .meta({ maxProperties: 8, description: 'Query parameters of each request. Not for secrets.' }),
  requestIdHeaders: z
    .array(headerName)
    .max(4)
    .optional()
    .describe('Headers that get a UUID for each attempt; none if the list is empty.'),
  contextErrors: z
    .array(phrase)
    .max(16)
    .optional()
    .describe('Texts, codes or types of an error that mean: the prompt is too long.'),
  clientErrors: z
    .array(phrase)
    .max(16)
    .optional()
    .describe('Texts, codes or types of an error with a status of 500 or more that mean: the request is wrong.'),
  probePath: z
    .string()
    .max(200)
    .regex(/^\/[A-Za-z0-9_./-]*$/)
    .optional()
    .describe('What is read to see whether the server is there, behind the version path.'),
  firstTokenTimeoutMs: z.int().min(1).max(3_600_000).optional(),
  idleTimeoutMs: z.int().min(1).max(3_600_000).optional(),
});
export type CompatibilitySettings = z.infer<typeof compatibilitySettings>;

/** A named profile and what differs from it. */
export const compatibilityProfile = z.strictObject({
  name: z.enum(profileNames).optional().describe('Absent: known by the host of the base URL, or default.'),
  ...compatibilitySettings.shape,
});
export type CompatibilityProfile = z.infer<typeof compatibilityProfile>;

/** Returns what the option says, or null if it is neither a name nor a profile in JSON. */
export function parseProfileOption(text: string): CompatibilityProfile | null {
  if (text.length > optionValueCharactersMax) return null;
  const name = profileNames.find((one) => one === text);
  if (name !== undefined) return { name };
  try {
    return compatibilityProfile.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

/** Returns the option for a profile; none if it is absent. */
export function toProfileOption(profile: CompatibilityProfile | undefined): Readonly<Record<string, string>> {
  return profile === undefined ? {} : { [profileOption]: JSON.stringify(profile) };
}
