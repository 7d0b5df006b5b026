import {
  AppError,
  type ChatMessage,
  checkBody,
  type ResponsesField,
  type ResponsesRequest,
  responsesPart,
} from '@aggregator/contracts';
import { type FieldJudge, notSupported } from '../fields/field-judge.ts';

type Judge = FieldJudge<ResponsesField>;
type Part = NonNullable<ResponsesRequest['tools']>[number];
export type ChatPart = Exclude<NonNullable<ChatMessage['content']>, string>[number];

const stored = 'no files are stored here; send its content as a data URL';

/** One part of text stays text. */
export function toChatContent(content: string | Part[], at: string, judge: Judge): string | ChatPart[] {
  if (typeof content === 'string') return content;
  const parts = content.flatMap((part, index) => judge.attempt(() => toChatPart(part, `${at}[${index}]`, judge)) ?? []);
  const [first] = parts;
  const isPlain = parts.length === 1 && first?.type === 'text' && first.cache_control === undefined;
  return isPlain && typeof first.text === 'string' ? first.text : parts;
}

function toChatPart(part: Part, at: string, judge: Judge): ChatPart {
  judge.takesKind('content', part.type, at);
  const mark = part.prompt_cache_breakpoint ? { cache_control: { type: 'ephemeral' } } : {};
  switch (part.type) {
    case 'input_text':
    case 'output_text': {
      const { text } = checkBody(responsesPart[part.type], part, at);
      return { type: 'text', text, ...mark };
    }
    case 'refusal': {
      const { refusal } = checkBody(responsesPart.refusal, part, at);
      return { type: 'refusal', refusal };
    }
    case 'input_image': {
      const { image_url, detail } = checkBody(responsesPart.input_image, part, at);
      if (part.file_id) throw notSupported(`${at}.file_id`, stored);
      if (!image_url) throw new AppError('invalid_value', { param: `${at}.image_url` });
      return { type: 'image_url', image_url: { url: image_url, ...(detail && { detail }) }, ...mark };
    }
    case 'input_file': {
      const { file_data, filename } = checkBody(responsesPart.input_file, part, at);
      if (part.file_id) throw notSupported(`${at}.file_id`, stored);
      if (part.file_url) throw notSupported(`${at}.file_url`, 'files are not fetched; send the content in file_data');
      if (!file_data) throw new AppError('invalid_value', { param: `${at}.file_data` });
      return { type: 'file', file: { file_data, ...(filename && { filename }) }, ...mark };
    }
    default:
      throw notSupported(at);
  }
}
