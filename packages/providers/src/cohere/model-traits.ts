/**
 * Names of the models that Cohere lists as ones that do not think. Any other thinks, or is unknown: an alias of the
 * operator, or a model to come.
 * Source: https://docs.cohere.com/docs/models, …/docs/reasoning (read 2026-11).
 */
const withoutThinking = /^(?:c4ai-|command(?:$|-light|-nightly|-r(?:7b|-|$)|-a-(?:\d|vision|translate)))/;

/** True if `thinking` may go out, for the provider to judge. */
export function mayThink(model: string): boolean {
  return !withoutThinking.test(model);
}
