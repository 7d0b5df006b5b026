import { AppError, isRecord } from '@aggregator/contracts';
import { isPublicContentUrl } from '@aggregator/service-kit';

const dataUrlLengthMax = 16 * 1024 * 1024;
const depthMax = 8;

/** Fields that hold what is read, and never what is fetched. */
const textFields: ReadonlySet<string> = new Set([
  ...['type', 'text', 'refusal', 'thinking', 'title', 'context', 'name', 'filename', 'format', 'detail', 'signature'],
  ...['id', 'citations', 'cache_control'],
]);
/** Fields that describe a tool's arguments, as deep as its author likes. */
const schemaFields: ReadonlySet<string> = new Set(['parameters', 'input_schema', 'output_schema', 'schema']);
/** Fields that hold a text if they hold no list of parts: what was said, and what a tool of the client returned. */
const spokenFields: ReadonlySet<string> = new Set(['content', 'output', 'arguments', 'description', 'instructions']);
/** A call that the model made: its arguments are not fetched again. */
const madeCall = /tool_use$/;
/** Fields that hold an address, by their names: `url`, `image_url`, `file_url`, `fileUri`. */
const addressField = /ur[il]$/i;
/** An address in a field that usually holds the content itself, as `file_data` or `data`. */
const anyAddress = /^\s*(?:[a-z][a-z0-9+.-]*:\/\/|file:|\/\/)/i;
const dataUrl = /^data:/i;

/**
 * Checks every address in a part of a message. The gateway fetches nothing itself, but a provider must not reach into a
 * private network for a caller: only data URLs and https URLs of public hosts pass. `toPath` says where the part is.
 * @throws {AppError} `invalid_image_url` for an image, `invalid_file_url` for everything else.
 */
export function judgeAddresses(part: Readonly<Record<string, unknown>>, toPath: () => string): void {
  // Most parts are text, of which there may be thousands.
  for (const field in part) {
    if (textFields.has(field)) continue;
    judgeRecord(part, toPath(), 0);
    break;
  }
  if (part.type === 'image_url') checkImage(part.image_url, `${toPath()}.image_url`);
}

/**
 * The same for each part of a list, and for each block of a message in it: how deep a part may be does not depend on where it is.
 * @throws {AppError} as `judgeAddresses` does.
 */
export function judgeParts(list: unknown, path: string): void {
  for (const [at, part] of (Array.isArray(list) ? list : []).entries()) {
    if (!isRecord(part)) continue;
    const { content, ...rest } = part;
    judgeAddresses(rest, () => `${path}[${at}]`);
    judgeParts(content, `${path}[${at}].content`);
  }
}

function judgeValue(value: unknown, path: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth > depthMax) throw refuse(path);
  if (Array.isArray(value)) for (const [at, item] of value.entries()) judgeValue(item, `${path}[${at}]`, depth + 1);
  else judgeRecord(value, path, depth);
}

function judgeRecord(record: object, path: string, depth: number): void {
  const isCall = 'type' in record && typeof record.type === 'string' && madeCall.test(record.type);
  for (const [field, value] of Object.entries(record)) {
    if (textFields.has(field) || schemaFields.has(field) || (isCall && field === 'input')) continue;
    if (typeof value === 'string' && spokenFields.has(field)) continue;
    if (typeof value === 'string') judgeText(field, value, `${path}.${field}`);
    else judgeValue(value, `${path}.${field}`, depth + 1);
  }
}

function judgeText(field: string, text: string, path: string): void {
  if (dataUrl.test(text)) return;
  if ((addressField.test(field) || anyAddress.test(text)) && !isPublicContentUrl(text)) throw refuse(path);
}

/** An image is an address, or a record with one; it was judged with the rest of its part. */
function checkImage(image: unknown, path: string): void {
  const url = typeof image === 'object' && image !== null && 'url' in image ? image.url : image;
  if (typeof url !== 'string' || (url.length > dataUrlLengthMax && dataUrl.test(url))) throw refuse(path);
}

function refuse(path: string): AppError {
  // The part is named, and not its inner field, as clients know it.
  const image = /^.*?\.(?:image_url|images\[\d+\])/.exec(path)?.[0];
  return image === undefined
    ? new AppError('invalid_file_url', { param: path })
    : new AppError('invalid_image_url', { param: image });
}
