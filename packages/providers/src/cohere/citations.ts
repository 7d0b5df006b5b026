import { cohereCitationWire } from './wire.ts';

/**
 * OpenAI's annotations of a citation. There is a faithful one only where the cited document has an address and the answer's
 * text cites it: OpenAI has no word for a document that the caller sent along, nor for citations in thoughts and plans.
 * Source: https://docs.cohere.com/docs/documents-and-citations (read 2026-11).
 */
export function toAnnotations(citation: unknown): Record<string, unknown>[] {
  const parsed = cohereCitationWire.safeParse(citation);
  if (!parsed.success) return [];
  const { start, end, type, sources } = parsed.data;
  if (typeof start !== 'number' || typeof end !== 'number') return [];
  if ((type ?? 'TEXT_CONTENT') !== 'TEXT_CONTENT') return [];
  return (sources ?? []).flatMap(({ document }) =>
    document?.url
      ? [
          {
            type: 'url_citation',
            url_citation: { start_index: start, end_index: end, url: document.url, title: document.title ?? '' },
          },
        ]
      : [],
  );
}
