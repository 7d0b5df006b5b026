import { type GgufTensor, type GgufValue, writeGguf } from './write-gguf.ts';

/** Tokens of the prompt and the answer together. */
export const tinyContextTokens = 2048;

const turnStart = '<|im_start|>';
const turnEnd = '<|im_end|>';
const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + (message['content'] or '') + '<|im_end|>\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** The kinds of tokens: https://github.com/ggml-org/llama.cpp/blob/master/include/llama.h, `llama_token_type`. */
const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;

/** What the model says after every prompt; the smiling face is four tokens of one byte each. */
const answer = ['Red', '▁green', '▁blue', '▁Привет', ...Buffer.from('🙂'), '▁white', turnEnd];

/** `LLAMA_POOLING_TYPE_MEAN`: one vector for each text. */
const poolingOfMean = 1;
const layerDimensions = 32;
/** Values that carry the prompt, beside one for each token. */
const promptDimensions = 32;

/** Weights of what is said next, and of what a grammar may ask for: far apart, so that nothing is left to chance. */
const certain = 5;
const preferred: Readonly<Record<string, number>> = { '"': 4, '}': 3, ':': 2, [turnEnd]: 1 };
const promptWeight = 0.05;

/**
 * A model of one layer for llama.cpp. Its vocabulary is the bytes, the marks of a turn and a few words. After a prompt it says one
 * sentence, and inside a grammar it closes what is open, both with certainty at any temperature. The probabilities
 * of all other tokens depend on the whole prompt: they show whether two servers were given the same one.
 */
export function makeTinyModel(): Buffer {
  const tokens = makeTokens();
  const indexOf = new Map(tokens.map(({ text }, index) => [text, index]));
  const tokenOf = (text: string | number) => indexOf.get(typeof text === 'number' ? byteToken(text) : text) ?? 0;
  const size = Math.ceil((tokens.length + promptDimensions) / 32) * 32;
  const random = makeRandom();
  const fill = (rows: number, columns: number, valueAt: (row: number, column: number) => number): GgufTensor => ({
    sizes: [columns, rows],
    values: Float32Array.from({ length: rows * columns }, (_, at) => valueAt(Math.floor(at / columns), at % columns)),
  });
  const ones: GgufTensor = { sizes: [size], values: new Float32Array(size).fill(1) };
  const isOfPrompt = (dimension: number) => dimension >= size - promptDimensions;
  const next = new Map<number, number>();
  [0x0a, ...answer].reduce((before, after) => {
    next.set(tokenOf(before), tokenOf(after));
    return after;
  });
  const wished = new Map(
    Object.entries(preferred).map(([text, weight]) => [tokenOf(text.length === 1 ? text.charCodeAt(0) : text), weight]),
  );
  const toLogit = (said: number, after: number) => {
    if (after >= tokens.length) return isOfPrompt(after) ? random() * promptWeight : 0;
    return next.get(after) === said ? certain : (wished.get(said) ?? 0);
  };
  const zeros = () => 0;
  return writeGguf(describeModel(tokens, size, tokenOf(turnEnd)), {
    'token_embd.weight': fill(tokens.length, size, (token, at) => Number(token === at)),
    'blk.0.attn_norm.weight': ones,
    'blk.0.attn_q.weight': fill(size, size, () => random() * 0.1),
    'blk.0.attn_k.weight': fill(size, size, () => random() * 0.1),
    'blk.0.attn_v.weight': fill(size, size, (row) => (isOfPrompt(row) ? random() * promptWeight : 0)),
    'blk.0.attn_output.weight': fill(size, size, (row, column) => Number(row === column && isOfPrompt(row))),
    'blk.0.ffn_norm.weight': ones,
    'blk.0.ffn_gate.weight': fill(layerDimensions, size, zeros),
    'blk.0.ffn_up.weight': fill(layerDimensions, size, zeros),
    'blk.0.ffn_down.weight': fill(size, layerDimensions, zeros),
    'output_norm.weight': ones,
    'output.weight': fill(tokens.length, size, toLogit),
  });
}

interface Token {
  readonly text: string;
  readonly kind: number;
}

const byteToken = (byte: number) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;

function makeTokens(): Token[] {
  const words = answer.filter((each) => typeof each === 'string' && each !== turnEnd);
  return [
    { text: '<unk>', kind: kinds.unknown },
    ...[turnStart, turnEnd].map((text) => ({ text, kind: kinds.control })),
    ...Array.from({ length: 256 }, (_, byte) => ({ text: byteToken(byte), kind: kinds.byte })),
    ...['▁', ...words].map((text) => ({ text: String(text), kind: kinds.normal })),
  ];
}

function describeModel(tokens: readonly Token[], size: number, end: number): Record<string, GgufValue> {
  const count = (value: number): GgufValue => ({ type: 'uint32', value });
  const no: GgufValue = { type: 'bool', value: false };
  return {
    'general.architecture': { type: 'string', value: 'llama' },
    'llama.context_length': count(tinyContextTokens),
    'llama.embedding_length': count(size),
    'llama.block_count': count(1),
    'llama.feed_forward_length': count(layerDimensions),
    'llama.attention.head_count': count(1),
    'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: 1e-5 },
    'llama.rope.dimension_count': count(size),
    'llama.pooling_type': count(poolingOfMean),
    'llama.vocab_size': count(tokens.length),
    'tokenizer.ggml.model': { type: 'string', value: 'llama' },
    'tokenizer.ggml.tokens': { type: 'strings', values: tokens.map(({ text }) => text) },
    'tokenizer.ggml.scores': { type: 'float32s', values: tokens.map(() => 0) },
    'tokenizer.ggml.token_type': { type: 'int32s', values: tokens.map(({ kind }) => kind) },
    'tokenizer.ggml.unknown_token_id': count(0),
    'tokenizer.ggml.bos_token_id': count(end),
    'tokenizer.ggml.eos_token_id': count(end),
    'tokenizer.ggml.add_bos_token': no,
    'tokenizer.ggml.add_eos_token': no,
    'tokenizer.ggml.add_space_prefix': no,
    'tokenizer.chat_template': { type: 'string', value: chatTemplate },
  };
}

/** Numbers from -1 to 1, always the same. */
function makeRandom(): () => number {
  let state = 7;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return state / 2 ** 30 - 1;
  };
}
