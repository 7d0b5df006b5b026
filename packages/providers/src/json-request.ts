import type { ProviderEndpoint, TranslatedRequest } from './provider-adapter.ts';

/**
 * A body of which the JSON text is made when it is first read, or before that by a writer that gives others turns: the text
 * of a large body takes long in one piece.
 */
export class JsonBody {
  #fields: unknown;
  #text: string | null = null;

  constructor(fields: unknown) {
    this.#fields = fields;
  }

  get body(): string {
    return this.#text ?? this.#keep(JSON.stringify(this.#fields));
  }

  /** @param write Returns the JSON text of a value. */
  async writeBody(write: (fields: unknown) => Promise<string>): Promise<void> {
    if (this.#text === null) this.#keep(await write(this.#fields));
  }

  #keep(text: string): string {
    this.#text = text;
    this.#fields = null;
    return text;
  }
}

/** A request whose body is written when it is needed. */
export class JsonRequest extends JsonBody implements TranslatedRequest {
  endpoint: ProviderEndpoint;
  readonly droppedParams: readonly string[];

  constructor(endpoint: ProviderEndpoint, fields: unknown, droppedParams: readonly string[]) {
    super(fields);
    this.endpoint = endpoint;
    this.droppedParams = droppedParams;
  }
}
