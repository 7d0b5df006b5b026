import type { Vault } from '@aggregator/anonymisation';
import { isRecord } from '@aggregator/contracts';
import type { EventTexts } from '../masking/event-restorer.ts';

/** Returns the texts of an event of the Messages API. Thoughts are signed, so that they stay as they came. */
export function readMessagesTexts(
  { type, index, delta }: Readonly<Record<string, unknown>>,
  { contentMode }: Pick<Vault, 'contentMode'>,
): EventTexts {
  const key = `${typeof index === 'number' ? index : 0}|`;
  if (type === 'content_block_stop') return { closes: key };
  if (type === 'message_delta' || type === 'message_stop') return { closes: '' };
  if (type !== 'content_block_delta' || !isRecord(delta)) return {};
  if (delta.type === 'text_delta' && typeof delta.text === 'string')
    return { fragment: { key: `${key}text`, path: ['delta', 'text'], text: delta.text, mode: contentMode } };
  if (delta.type === 'input_json_delta' && typeof delta.partial_json === 'string')
    return { fragment: { key: `${key}json`, path: ['delta', 'partial_json'], text: delta.partial_json, mode: 'json' } };
  return {};
}
