import type { Vault } from '@aggregator/anonymisation';
import type { EventTexts } from '../masking/event-restorer.ts';

const piece = /^(response\..+)\.delta$/;
const end = /^(response\..+)\.done$/;
const last = /^response\.(?:completed|incomplete|failed)$/;

/** Returns the texts of an event of the Responses API. Events of tomorrow are read by the pattern of those of today. */
export function readResponsesTexts(
  event: Readonly<Record<string, unknown>>,
  { contentMode }: Pick<Vault, 'contentMode'>,
): EventTexts {
  const { type, delta, output_index: output, content_index: content, summary_index: summary } = event;
  if (typeof type !== 'string') return {};
  if (last.test(type)) return { closes: '' };
  const item = `${String(output ?? '')}|`;
  if (type === 'response.output_item.done') return { closes: item };
  const part = `${item}${String(content ?? summary ?? '')}|`;
  const [, ended] = end.exec(type) ?? [];
  if (ended !== undefined) return { closes: `${part}${ended}` };
  const [, name] = piece.exec(type) ?? [];
  if (name === undefined || typeof delta !== 'string') return {};
  const mode = name === 'response.output_text' ? contentMode : name.endsWith('arguments') ? 'json' : 'text';
  return { fragment: { key: `${part}${name}`, path: ['delta'], text: delta, mode } };
}
