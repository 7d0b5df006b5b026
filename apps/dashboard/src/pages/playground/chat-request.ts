/** The fields of the form. An empty text means no choice. */
export interface ChatForm {
  readonly system: string;
  readonly prompt: string;
  /** `data:` URLs. */
  readonly images: readonly string[];
  readonly maxTokens: string;
  readonly temperature: string;
  readonly streams: boolean;
  readonly tools: string;
  readonly schema: string;
}

export const emptyForm: ChatForm = {
  ...{ system: '', prompt: '', images: [], maxTokens: '', temperature: '', streams: true, tools: '', schema: '' },
};

export type Parsed =
  | { readonly value: unknown; readonly fault: null }
  | { readonly value: undefined; readonly fault: string };

/** Returns the value of a JSON field; undefined if it is empty. */
export function parseField(text: string): Parsed {
  if (text.trim() === '') return { value: undefined, fault: null };
  try {
    return { value: JSON.parse(text), fault: null };
  } catch (error) {
    return { value: undefined, fault: error instanceof Error ? error.message : String(error) };
  }
}

/** Returns the body of `POST /v1/chat/completions`. Fields with faults are left out. */
export function toChatBody(model: string, form: ChatForm): Record<string, unknown> {
  const tools = parseField(form.tools).value;
  const schema = parseField(form.schema).value;
  const text = { type: 'text', text: form.prompt };
  const images = form.images.map((url) => ({ type: 'image_url', image_url: { url } }));
  return {
    model,
    messages: [
      ...(form.system === '' ? [] : [{ role: 'system', content: form.system }]),
      { role: 'user', content: images.length === 0 ? form.prompt : [text, ...images] },
    ],
    ...(form.maxTokens !== '' && { max_completion_tokens: Number(form.maxTokens) }),
    ...(form.temperature !== '' && { temperature: Number(form.temperature) }),
    ...(Array.isArray(tools) && { tools }),
    ...(schema !== undefined && {
      response_format: { type: 'json_schema', json_schema: { name: 'answer', strict: true, schema } },
    }),
    ...(form.streams && { stream: true, stream_options: { include_usage: true } }),
  };
}

/** The same with pictures named and not spelled, to be read as code. */
export function toShownBody(model: string, form: ChatForm): Record<string, unknown> {
  const images = form.images.map((_url, index) => `data:image/png;base64,<picture ${index + 1}>`);
  return toChatBody(model, { ...form, images });
}
