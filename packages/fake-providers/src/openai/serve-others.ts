import { embedText, toBase64 } from '../vectors.ts';
import { type Exchange, sendJson } from './exchange.ts';
import { findFault } from './faults.ts';
import { invalid } from './refusal.ts';
import { countTokens } from './tokens.ts';
import type { FakeVendor, Understood } from './vendor.ts';
import type { FakeEmbeddings, FakeImages } from './wire.ts';

/** Tokens of one image at the lowest quality. */
const imageTokens = 272;
/** One white pixel, as PNG. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mP8/x8AAwMCAO+ip1sAAAAASUVORK5CYII=';

export function serveEmbeddings(
  vendor: FakeVendor,
  exchange: Exchange,
  { request, model }: Understood<FakeEmbeddings>,
): void {
  const texts = toTexts(request.input);
  const sizes = texts.map(countTokens);
  const longest = Math.max(...sizes);
  if (longest > model.contextTokens) {
    const reason = `This model's maximum context length is ${model.contextTokens} tokens, however you requested ${longest}.`;
    throw invalid('input', reason, 'context_length_exceeded');
  }
  const dimensions = request.dimensions ?? model.outputMax;
  if (dimensions > model.outputMax) throw invalid('dimensions', `At most ${model.outputMax} dimensions.`);
  findFault(texts.at(-1) ?? '');
  const { record, sequence } = exchange;
  record.promptTokens = sizes.reduce((sum, size) => sum + size, 0);
  record.state = 'completed';
  const { model: name } = vendor.toHead(sequence, model);
  sendJson(exchange, 200, {
    object: 'list',
    data: texts.map((text, index) => {
      const vector = embedText(text, dimensions);
      const embedding = request.encoding_format === 'base64' ? toBase64(vector) : vector;
      return { object: 'embedding', index, embedding };
    }),
    model: name,
    usage: { prompt_tokens: record.promptTokens, total_tokens: record.promptTokens },
  });
}

/** Always base64. */
export function serveImages(vendor: FakeVendor, exchange: Exchange, { request }: Understood<FakeImages>): void {
  findFault(request.prompt);
  const { record } = exchange;
  const images = request.n ?? 1;
  record.promptTokens = countTokens(request.prompt);
  record.completionTokens = images * imageTokens;
  record.state = 'completed';
  const pixels = Array.from({ length: images }, () => pixel);
  sendJson(exchange, 200, { created: 1_795_000_000, ...vendor.toImages(pixels, record) });
}

function toTexts(input: FakeEmbeddings['input']): string[] {
  if (typeof input === 'string') return [input];
  if (input.every((one) => typeof one === 'number')) return [input.join(' ')];
  return input.map((one) => (typeof one === 'string' ? one : [one].flat().join(' ')));
}
