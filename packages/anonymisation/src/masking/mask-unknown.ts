import { chatFields, ownRequestFields, parseOpaqueJson } from '@aggregator/contracts';
import type { TextMasker } from './text-masker.ts';

/** Fields of each kind of object that are masked by name, or that say what something is and how to answer. */
const known = {
  chat: new Set([
    ...chatFields.map((name) => name.replace(/\..*$/, '')),
    ...Object.keys(ownRequestFields),
    ...['documents', 'json_schema'],
  ]),
  message: new Set([
    ...['role', 'content', 'name', 'tool_calls', 'tool_call_id', 'function_call', 'refusal', 'reasoning_content'],
    ...['reasoning', 'reasoning_details', 'audio', 'cache_control'],
  ]),
  part: new Set([
    ...[
      'type',
      'text',
      'refusal',
      'thinking',
      'signature',
      'image_url',
      'video_url',
      'audio_url',
      'input_audio',
      'file',
    ],
    'cache_control',
  ]),
  call: new Set(['id', 'type', 'index', 'function', 'custom', 'extra_content']),
  extra: new Set(['google']),
  google: new Set(['thought_signature']),
  called: new Set(['name', 'arguments', 'input']),
  file: new Set(['file_data', 'file_id']),
  audio: new Set(['id', 'data', 'expires_at']),
  prediction: new Set(['type', 'content']),
} as const satisfies Readonly<Record<string, ReadonlySet<string>>>;

/**
 * Returns new values of the fields that are unknown in an object of this kind: servers receive them, so that they are texts like
 * any other. A field whose name is personal is undefined.
 */
export function maskUnknownFields(
  record: Readonly<Record<string, unknown>>,
  kind: keyof typeof known,
  masker: TextMasker,
): Record<string, unknown> {
  const masked: Record<string, unknown> = {};
  const names: ReadonlySet<string> = known[kind];
  for (const name of Object.keys(record)) {
    if (names.has(name)) continue;
    masked[name] = masker.isPersonal(name) ? undefined : maskValue(record[name], masker);
  }
  return masked;
}

/** Returns a value of any shape without what is personal in its texts and names; the very same one if nothing is. */
export function maskValue(value: unknown, masker: TextMasker): unknown {
  const json = JSON.stringify(value) ?? '';
  const masked = masker.maskJson(json);
  return masked === json ? value : parseOpaqueJson(masked);
}
