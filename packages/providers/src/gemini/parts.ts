import { AppError, type ChatMessage } from '@aggregator/contracts';
import { z } from 'zod';
import { invalidValue } from '../fields/invalid-value.ts';
import { unsupported } from '../fields/sort-fields.ts';
import type { ModelTraits } from './model-traits.ts';

/** One part of a turn, in Gemini's words. */
export type Part = Readonly<Record<string, unknown>>;

const imagePart = z.looseObject({ image_url: z.looseObject({ url: z.string() }) });
const audioPart = z.looseObject({ input_audio: z.looseObject({ data: z.string(), format: z.string() }) });
const filePart = z.looseObject({
  file: z.looseObject({ file_data: z.string().nullish(), filename: z.string().nullish() }),
});
const dataUrl = /^data:([\w.+-]+\/[\w.+-]+)(?:;[\w.+-]+=[^;,]*)*;base64,(.*)$/s;
const secureAddress = /^https:\/\//i;

/** Source: https://ai.google.dev/gemini-api/docs/audio#supported-formats (read 2026-11). */
const audioTypes: ReadonlyMap<string, string> = new Map([
  ['wav', 'audio/wav'],
  ['mp3', 'audio/mp3'],
  ['aiff', 'audio/aiff'],
  ['aac', 'audio/aac'],
  ['ogg', 'audio/ogg'],
  ['flac', 'audio/flac'],
]);
/** By the end of an address or a file name, if nothing else gives the type. */
const typesByExtension: ReadonlyMap<string, string> = new Map([
  ['png', 'image/png'],
  ['jpg', 'image/jpeg'],
  ['jpeg', 'image/jpeg'],
  ['webp', 'image/webp'],
  ['heic', 'image/heic'],
  ['heif', 'image/heif'],
  ['pdf', 'application/pdf'],
  ['txt', 'text/plain'],
  ['html', 'text/html'],
  ['csv', 'text/csv'],
  ['mp3', 'audio/mp3'],
  ['wav', 'audio/wav'],
  ['mp4', 'video/mp4'],
]);

/**
 * The parts of a message's content. Empty texts are left out.
 * @throws {AppError} `unsupported_parameter` for a part that has no place in that role or with that model,
 * `invalid_value`, `invalid_image_url`.
 */
export function toParts({ content, role }: ChatMessage, traits: ModelTraits, path: string): Part[] {
  if (content === null || content === undefined) return [];
  if (typeof content === 'string') return toTextParts(content, `${path}.content`);
  return content.flatMap((part, index) => {
    const partPath = `${path}.content[${index}]`;
    if (part.type === 'text') return toTextParts(part.text, `${partPath}.text`);
    if (part.type === 'refusal') return toTextParts(part.refusal, `${partPath}.refusal`);
    const mayHoldMedia = role === 'user' || (role === 'tool' && traits.takesMediaResults);
    if (!mayHoldMedia) throw unsupported(partPath);
    return [toMediaPart(part, traits, partPath)];
  });
}

/** An image that an answer held, by its data URL. */
export function toInlineImage(url: string, path: string): Part {
  const inline = toInlineData(url);
  if (inline === null) throw new AppError('invalid_image_url', { param: path });
  return inline;
}

function toTextParts(text: unknown, path: string): Part[] {
  if (typeof text !== 'string') throw invalidValue(path, 'The text of a content part must be a string.');
  return text === '' ? [] : [{ text }];
}

function toMediaPart(part: { type: string }, traits: ModelTraits, path: string): Part {
  switch (part.type) {
    case 'image_url': {
      const parsed = imagePart.safeParse(part);
      if (!parsed.success) throw invalidValue(`${path}.image_url`, 'An image part needs image_url.url.');
      return toImage(parsed.data.image_url.url, traits, `${path}.image_url.url`);
    }
    case 'input_audio': {
      const parsed = audioPart.safeParse(part);
      if (!parsed.success) throw invalidValue(`${path}.input_audio`, 'An audio part needs its data and its format.');
      const { data, format } = parsed.data.input_audio;
      const mimeType = audioTypes.get(format.toLowerCase());
      if (mimeType !== undefined) return { inlineData: { mimeType, data } };
      throw invalidValue(`${path}.input_audio.format`, `Audio must be one of ${[...audioTypes.keys()].join(', ')}.`);
    }
    case 'file': {
      const parsed = filePart.safeParse(part);
      if (!parsed.success) throw invalidValue(`${path}.file`, 'A file part needs file.file_data.');
      const { file_data: data, filename } = parsed.data.file;
      // A `file_id` names a file in another's store.
      if (!data) throw unsupported(`${path}.file`);
      return toFile(data, filename ?? '', traits, `${path}.file.file_data`);
    }
    default:
      throw unsupported(path);
  }
}

/** Google fetches what is given by its address; this side never does. */
function toImage(url: string, traits: ModelTraits, path: string): Part {
  if (secureAddress.test(url)) return toAddressed(url, traits, path);
  const inline = toInlineData(url);
  if (inline === null) throw new AppError('invalid_image_url', { param: path });
  return inline;
}

function toFile(data: string, filename: string, traits: ModelTraits, path: string): Part {
  if (secureAddress.test(data)) return toAddressed(data, traits, path);
  const inline = toInlineData(data);
  if (inline !== null) return inline;
  const mimeType = typeOf(filename);
  if (mimeType === undefined || data.startsWith('data:')) {
    throw invalidValue(
      path,
      'A file must be a data URL in base64, or base64 with a file name whose ending names its type.',
    );
  }
  return { inlineData: { mimeType, data } };
}

function toAddressed(url: string, { takesAddresses }: ModelTraits, path: string): Part {
  if (!takesAddresses) {
    const message = 'This model takes no addresses of files. Send the file itself, as a data URL in base64.';
    throw new AppError('unsupported_parameter', { param: path, message });
  }
  const mimeType = typeOf(url.replace(/[?#].*$/s, ''));
  return { fileData: { ...(mimeType !== undefined && { mimeType }), fileUri: url } };
}

function toInlineData(url: string): Part | null {
  const [, type, data] = dataUrl.exec(url) ?? [];
  if (type === undefined || data === undefined) return null;
  const mimeType = type.toLowerCase();
  return { inlineData: { mimeType: mimeType === 'image/jpg' ? 'image/jpeg' : mimeType, data } };
}

function typeOf(name: string): string | undefined {
  return typesByExtension.get(/\.(\w{2,5})$/.exec(name)?.[1]?.toLowerCase() ?? '');
}
