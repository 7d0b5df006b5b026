import { rowOf } from './model-table.ts';

/** Takes the name of a model, and returns the efforts that it takes, from the least; null for an unknown model. */
export type EffortsOfModel = (model: string) => readonly string[] | null;

/** Efforts that chat completions take, also of a server that fronts OpenAI's models. */
export const openAiEffortsOf: EffortsOfModel = (model) => rowOf(model)?.efforts ?? null;

/** Efforts that the Responses API takes. */
export const responsesEffortsOf: EffortsOfModel = (model) => {
  const row = rowOf(model);
  return row && [...row.efforts, ...(row.moreEfforts ?? [])];
};

/** True if a known model refuses sampling on a request with this effort, because it reasons. */
export function refusesSampling(model: string, effort: unknown): boolean {
  return rowOf(model)?.isOpen !== true && isReasoning(model, effort);
}

/** True if a known model reasons on a request with this effort, which is absent for the model's own default. */
export function isReasoning(model: string, effort: unknown): boolean {
  const row = rowOf(model);
  if (row === null || row.efforts.length === 0) return false;
  return effort === undefined ? row.reasonsUnasked : effort !== 'none';
}
