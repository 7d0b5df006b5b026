import type { TextMasker } from '@aggregator/anonymisation';
import { isRecord, parseRecord } from '@aggregator/contracts';
import { editJson, type JsonPlace, mapJson, readJsonField } from '@aggregator/providers';

/**
 * Names whose values say what something is and where it belongs: the provider must find them as they are. Pictures, sound, files
 * and addresses of them are not searched, as in a translated request. What is not here is a text, and so is a value with parts.
 */
const structural: ReadonlySet<string> = new Set([
  ...['id', 'type', 'role', 'name', 'model', 'namespace', 'server_label', 'status', 'phase', 'detail'],
  ...['call_id', 'tool_call_id', 'tool_use_id', 'item_id', 'file_id', 'approval_request_id', 'previous_response_id'],
  ...['index', 'output_index', 'content_index', 'media_type', 'mime_type', 'signature', 'encrypted_content'],
  ...['encrypted_index', 'encrypted_stdout', 'file_data', 'b64_json', 'url', 'seed', 'created', 'created_at'],
  ...['completed_at', 'container_id'],
]);
/** The same, with all their parts. */
const definitions: ReadonlySet<string> = new Set([
  ...['tools', 'tool_choice', 'functions', 'response_format', 'output_config', 'output_format', 'json_schema'],
  ...['schema', 'parameters', 'input_schema', 'output_schema', 'mcp_servers', 'include', 'allowed_tools', 'format'],
  ...['conversation', 'container', 'vector_store_ids', 'cache_control', 'reasoning_details', 'image_url'],
  ...['input_audio', 'audio', 'logprobs', 'logit_bias'],
]);
/** Names of fields that hold texts, or parts with texts. Other names may be personal themselves. */
const holding: ReadonlySet<string> = new Set([
  ...['messages', 'content', 'text', 'system', 'input', 'output', 'instructions', 'arguments', 'refusal', 'summary'],
  ...['reasoning', 'reasoning_content', 'thinking', 'function', 'custom', 'function_call', 'tool_calls', 'prediction'],
  ...['source', 'title', 'context', 'citations', 'annotations', 'metadata', 'stop', 'stop_sequences', 'documents'],
  ...['max_tokens', 'max_output_tokens', 'max_completion_tokens', 'stream', 'stream_options', 'temperature', 'store'],
]);
/** Names of an end user, left out if they are personal: a placeholder would be one name for many people. */
const ofUsers = ['user', 'safety_identifier', 'prompt_cache_key'];
/** Nothing that is looked for has fewer digits. */
const digitsMin = 9;
/** Fields that hold a file in some parts, and a text in others. */
const ofFiles: ReadonlySet<string> = new Set(['data', 'result']);
const encodedLengthMin = 64;

/**
 * Returns the body of a request without what is personal in its texts, and everything else to the letter: unknown fields and
 * parts are texts, too. Null if a signed thought says something personal, because it must not be changed.
 */
export function maskBody(text: string, masker: TextMasker): string | null {
  let isLocked = false;
  const masked = mapJson(text, {
    choose(place) {
      if (isThought(place)) return 'whole';
      return choose(place);
    },
    map(json, place) {
      if (!isThought(place)) return mapValue(json, place, masker);
      isLocked ||= masker.isPersonal(readThought(json));
      return json;
    },
    mapName: (name) => (isKnown(name) ? name : masker.maskText(name)),
  });
  return isLocked ? null : withoutPersonalNames(masked, masker);
}

/** A thought is signed as it is: one of Claude, or the details of a chat's. */
function isThought({ name, first }: JsonPlace): boolean {
  return (name === 'thinking' && first === '"') || (name === 'reasoning_details' && first === '[');
}

/** Returns what a thought says: the rest of its details is for servers. */
function readThought(json: string): string {
  if (json.startsWith('"')) return readString(json);
  const details = JSON.parse(json) as unknown[];
  const said = details.filter(isRecord).flatMap(({ text, summary }) => [text, summary]);
  return said.filter((text) => typeof text === 'string').join('\n');
}

function isKnown(name: string): boolean {
  return structural.has(name) || definitions.has(name) || holding.has(name);
}

function choose({ name, depth, first }: JsonPlace): 'parts' | 'whole' | 'skip' {
  if (depth === 1 && (name === 'metadata' || ofUsers.includes(name))) return 'skip';
  const hasParts = first === '{' || first === '[';
  if (definitions.has(name) || (structural.has(name) && !hasParts)) return 'skip';
  // The fields of what a tool was called with are the client's.
  return first === '{' && (name === 'arguments' || (name === 'input' && depth > 1)) ? 'whole' : 'parts';
}

/** True for the JSON text of a string of Base64 alone, as pictures and files are. Shorter ones may be words. */
function isEncoded(json: string): boolean {
  return json.length > encodedLengthMin && json.slice(1, -1).search(/[^\w+/=\\-]|\\[^/]/) === -1;
}

function mapValue(json: string, { name }: JsonPlace, masker: TextMasker): string {
  if (json.startsWith('{')) return masker.maskJson(json);
  if (json.startsWith('"')) {
    if (ofFiles.has(name) && isEncoded(json)) return json;
    const value = readString(json);
    const masked = name === 'arguments' ? masker.maskJson(value) : masker.maskText(value);
    return masked === value ? json : JSON.stringify(masked);
  }
  if (json.length < digitsMin || isFraction(json)) return json;
  const masked = masker.maskText(json);
  return masked === json ? json : JSON.stringify(masked);
}

/** A temperature, for example: its digits are those of no card or phone, and it must stay a number. */
function isFraction(json: string): boolean {
  return /^-?\d{1,8}[.eE]/.test(json);
}

function withoutPersonalNames(text: string, masker: TextMasker): string {
  const edits = new Map<string, string | null>();
  for (const name of ofUsers) {
    const json = readJsonField(text, name);
    if (json !== null && masker.isPersonal(toText(JSON.parse(json)))) edits.set(name, null);
  }
  const metadata = readJsonField(text, 'metadata');
  if (metadata !== null) {
    const kept = keepImpersonal(metadata, masker);
    if (kept !== metadata) edits.set('metadata', kept);
  }
  return edits.size === 0 ? text : editJson(text, edits);
}

/** Returns the JSON text of metadata without its personal entries; null if it has no entries and is personal itself. */
function keepImpersonal(metadata: string, masker: TextMasker): string | null {
  const entries = parseRecord(metadata);
  if (entries === null) return masker.isPersonal(toText(JSON.parse(metadata))) ? null : metadata;
  const personal = Object.entries(entries).filter(([name, value]) => masker.isPersonal(`${name}\n${toText(value)}`));
  return personal.length === 0 ? metadata : editJson(metadata, new Map(personal.map(([name]) => [name, null])));
}

function toText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

function readString(json: string): string {
  const value: unknown = JSON.parse(json);
  return typeof value === 'string' ? value : '';
}
