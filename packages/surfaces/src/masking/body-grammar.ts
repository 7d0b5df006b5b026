import { chatFields, ownRequestFields } from '@aggregator/contracts';
import type { JsonPlace } from '@aggregator/providers';
import type { ChatSurfaceName } from '../chat-surface.ts';

/** Fields of one kind of object in a request. A field that is in neither list is a text, with all its parts. */
interface ObjectGrammar {
  /** Fields whose values stay as they are. Those of parts and items have no parts themselves, except for `shaped`. */
  readonly kept: ReadonlySet<string>;
  /** Fields that hold objects of a known kind, or lists of them. */
  readonly holding: ReadonlySet<string>;
}

interface Grammar {
  /** The request itself. */
  readonly request: ObjectGrammar;
  /** The kind of the objects that a field holds, by its name. */
  readonly held: Readonly<Record<string, ObjectGrammar>>;
}

/** Pictures, sound, settings and definitions that stay with all their parts. */
const shaped: ReadonlySet<string> = new Set([
  ...['image_url', 'video_url', 'audio_url', 'input_audio', 'cache_control', 'caller', 'tools'],
  ...['trigger', 'keep', 'clear_at_least', 'exclude_tools'],
]);

const textFields = ['messages', 'metadata', 'prediction', 'stop', 'user', 'safety_identifier', 'prompt_cache_key'];
const chatOptions = [...chatFields.map((name) => name.replace(/\..*$/, '')), ...Object.keys(ownRequestFields)];

const call = grammar(['id', 'index'], ['function', 'custom', 'extra_content']);
const called = grammar(['name'], []);
const file = grammar(['file_data', 'file_id'], []);
const citation = grammar(['url', 'file_id', 'container_id', 'encrypted_index'], ['url_citation']);
const source = grammar(['url', 'file_id', 'id'], ['content']);
const plain = grammar([], []);
const check = grammar(['id', 'code'], []);
const ofFile = grammar(['file_id'], []);

/** Instructions of an edit are texts; the rest of it is settings. */
const contextManagement = {
  context_management: grammar([], ['edits']),
  edits: grammar(['trigger', 'keep', 'clear_at_least', 'exclude_tools'], []),
};

const chatPart = grammar(
  ['image_url', 'video_url', 'audio_url', 'input_audio', 'signature', 'cache_control'],
  ['file'],
);

const chat: Grammar = {
  request: grammar(
    chatOptions.filter((name) => !textFields.includes(name) && name !== 'content'),
    ['messages', 'prediction'],
  ),
  held: {
    messages: grammar(
      ['role', 'name', 'tool_call_id', 'cache_control'],
      ['content', 'tool_calls', 'function_call', 'annotations', 'audio'],
    ),
    ...{ content: chatPart, prediction: grammar([], ['content']) },
    tool_calls: call,
    ...{ extra_content: grammar([], ['google']), google: grammar(['thought_signature'], []) },
    ...{ function: called, custom: called, function_call: called },
    file,
    audio: grammar(['id', 'data'], []),
    ...{ annotations: citation, url_citation: citation },
  },
};

const messages: Grammar = {
  request: grammar(
    [
      ...['model', 'max_tokens', 'tools', 'tool_choice', 'thinking', 'output_config', 'output_format', 'mcp_servers'],
      ...['container', 'cache_control', 'betas', 'service_tier', 'stream', 'fallbacks'],
      ...['fallback_credit_token', 'thread', 'speed', 'inference_geo', 'billing_policy'],
    ],
    ['messages', 'system', 'context_management'],
  ),
  held: {
    messages: grammar(['role', 'cache_control'], ['content']),
    ...{ content: messagesPart(), system: messagesPart() },
    source,
    citations: citation,
    tool_references: grammar(['tool_name'], []),
    ...contextManagement,
  },
};

const responses: Grammar = {
  request: grammar(
    [
      ...['model', 'tools', 'tool_choice', 'text', 'reasoning', 'include', 'conversation', 'previous_response_id'],
      ...['max_output_tokens', 'max_tool_calls', 'truncation', 'background', 'service_tier', 'stream_options'],
      ...['prompt_cache_retention', 'prompt_cache_options'],
    ],
    ['input', 'instructions', 'prompt', 'context_management'],
  ),
  held: {
    ...{ input: item(), instructions: item() },
    prompt: grammar(['id', 'version'], []),
    ...{ content: responsesPart(), summary: responsesPart(), output: responsesPart(), outputs: responsesPart() },
    outcome: plain,
    annotations: citation,
    ...{ action: plain, operation: plain },
    results: ofFile,
    ...contextManagement,
    ...{ acknowledged_safety_checks: check, pending_safety_checks: check },
  },
};

const grammars: Readonly<Record<ChatSurfaceName, Grammar>> = {
  'chat.completions': chat,
  // Its prompt is a text, or a list of texts.
  completions: { request: grammar([...chat.request.kept], []), held: {} },
  messages,
  responses,
};

/** A block of the Messages API. */
function messagesPart(): ObjectGrammar {
  return grammar(
    [
      ...['signature', 'file_id', 'encrypted_content', 'encrypted_stdout', 'server_name', 'caller', 'cache_control'],
      'tool_name',
    ],
    ['content', 'source', 'citations', 'tool_references'],
  );
}

/** A part of an item of the Responses API. */
function responsesPart(): ObjectGrammar {
  return grammar(
    ['file_id', 'file_data', 'file_url', 'image_url', 'input_audio', 'encrypted_content'],
    ['annotations', 'outcome'],
  );
}

/** An item of the Responses API: a message, a call of a tool, or its output. */
function item(): ObjectGrammar {
  return grammar(
    [
      ...['id', 'call_id', 'approval_request_id', 'name', 'namespace', 'server_label', 'encrypted_content', 'tools'],
      ...['container_id', 'caller', 'image_url', 'file_id'],
    ],
    [
      ...['content', 'summary', 'output', 'outputs', 'action', 'operation', 'results'],
      ...['acknowledged_safety_checks', 'pending_safety_checks'],
    ],
  );
}

/**
 * Values by which a field says what something is: the provider must find them as they are. Other values of these fields are texts.
 * Vendors write the ids of calls as `toolu_01A`, or as a UUID.
 */
const marks: Readonly<Record<string, RegExp>> = {
  type: /^[a-z][a-z\d_.]*$/,
  role: /^(user|assistant|system|developer|tool|function|critic|discriminator|unknown)$/,
  status: /^(in_progress|completed|incomplete|failed|cancelled|queued|searching|generating|interpreting|calling)$/,
  phase: /^(commentary|final_answer)$/,
  detail: /^(auto|low|high|original)$/,
  error_code: /^[a-z]+(?:_[a-z]+)+$/,
  file_type: /^(text|image|pdf)$/,
  media_type: /^[a-z]+\/[\w.+-]+$/,
  id: /^(?=.*[a-zA-Z])(?=.*[\d_])[\w.:-]+$/,
  tool_use_id: /^(?=.*[a-zA-Z])(?=.*[\d_])[\w.:-]+$/,
};

/** Names that stay in an object whose fields are looked at one by one. */
const namesOf = (fields: ObjectGrammar) => [...fields.kept, ...fields.holding];
const everyName: ReadonlySet<string> = new Set(
  Object.values(grammars)
    .flatMap(({ request, held }) => [...namesOf(request), ...Object.values(held).flatMap(namesOf)])
    .concat(textFields, Object.keys(marks))
    .concat(['text', 'refusal', 'reasoning', 'reasoning_content', 'stop_sequences', 'documents', 'arguments']),
);

/** True for names of fields that requests are documented to have. Others may be personal themselves. */
export function isKnownName(name: string): boolean {
  return everyName.has(name);
}

/** Forms of account numbers and cards: no vendor's id has one. */
const account = /^[A-Z]{2}\d{2}[A-Z\d]{10,30}$|\d{13}/;

/** The grammar of the requests of one surface. */
export class BodyGrammar {
  readonly #grammar: Grammar;

  constructor(surface: ChatSurfaceName) {
    this.#grammar = grammars[surface];
  }

  /** What is done with a value: it stays, its parts are looked at one by one, or it is a text with all its parts. */
  choose({ name, parent, depth, first }: JsonPlace): 'parts' | 'whole' | 'skip' {
    if (depth === 0) return 'parts';
    const fields = this.#of({ parent, depth });
    const hasParts = first === '{' || first === '[';
    if (fields?.kept.has(name) === true && (!hasParts || depth === 1 || shaped.has(name))) return 'skip';
    return fields?.holding.has(name) === true && hasParts ? 'parts' : 'whole';
  }

  /** True for a value that says what something is. Blocks of the Messages API alone have ids. */
  isMark({ name, parent }: Pick<JsonPlace, 'name' | 'parent'>, value: string): boolean {
    if (!Object.hasOwn(marks, name) || marks[name]?.test(value) !== true) return false;
    const isId = name === 'id' || name === 'tool_use_id';
    return !isId || (this.#grammar === messages && parent === 'content' && !account.test(value));
  }

  /** True for the name of a tool that a part of a message calls: it must be the one that the tool was given. */
  isCalledName(place: JsonPlace): boolean {
    return this.#grammar === messages && place.name === 'name' && place.parent === 'content';
  }

  /** True for a field that holds a file in some objects, and a text in others. */
  isOfFile({ name, parent }: JsonPlace): boolean {
    if (name === 'data') return this.#grammar === messages && (parent === 'source' || parent === 'content');
    return name === 'result' && this.#grammar === responses && parent === 'input';
  }

  #of({ parent, depth }: Pick<JsonPlace, 'parent' | 'depth'>): ObjectGrammar | undefined {
    if (depth === 1) return this.#grammar.request;
    return Object.hasOwn(this.#grammar.held, parent) ? this.#grammar.held[parent] : undefined;
  }
}

function grammar(kept: readonly string[], holding: readonly string[]): ObjectGrammar {
  return { kept: new Set(kept), holding: new Set(holding) };
}
