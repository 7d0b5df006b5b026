/**
 * The part of JSON that TypeScript does not type yet: the text of a number as it was written.
 * Source: https://tc39.es/proposal-json-parse-with-source/ (read 2026-11), as Node 24 has it.
 */
declare global {
  interface JSON {
    parse(
      text: string,
      reviver: (this: unknown, name: string, value: unknown, context: { readonly source?: string }) => unknown,
    ): unknown;
    /** A frozen object that `JSON.stringify` writes as this text of a number. */
    rawJSON(text: string): object;
    isRawJSON(value: unknown): value is { readonly rawJSON: string };
  }
}

export {};
