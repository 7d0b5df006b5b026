import type { z } from 'zod';
import { checkBody } from './check-body.ts';
import { isRecord } from './json/json-record.ts';

/**
 * Work on a large request in steps: it yields wherever others may have a turn, and returns its result. Each step
 * takes a few milliseconds at most.
 */
export type Steps<Result> = Generator<void, Result>;

/** Takes all steps at once: for what is small. */
export function finishSteps<Result>(steps: Steps<Result>): Result {
  let step = steps.next();
  while (step.done !== true) step = steps.next();
  return step.value;
}

/** Entries of a list that are checked in one step. */
const portion = 256;
/** A longer list is one that a schema rejects. */
const longestList = 20_000;

/**
 * As `checkBody`, for a body whose long list is in one field: the list is checked in portions, with a step after
 * each. What the schema says of a list as a whole must hold for each portion of it, too. A body with a fault is
 * checked again in one step, so that the fault is the same.
 * @throws {AppError} as `checkBody`
 */
export function* checkBodySteps<Schema extends z.ZodObject>(
  schema: Schema,
  body: unknown,
  name: string,
): Steps<z.output<Schema>> {
  const list = isRecord(body) ? body[name] : undefined;
  if (!isRecord(body) || !Array.isArray(list) || list.length <= portion || list.length > longestList) {
    return checkBody(schema, body);
  }
  const ofList: z.ZodType | undefined = schema.shape[name];
  const frame = schema.safeParse({ ...body, [name]: list.slice(0, portion) });
  if (!frame.success || ofList === undefined) return checkBody(schema, body);
  const checked: unknown[] = [];
  for (let start = 0; start < list.length; start += portion) {
    const part = ofList.safeParse(list.slice(start, start + portion));
    if (!part.success || !Array.isArray(part.data)) return checkBody(schema, body);
    checked.push(...part.data);
    yield;
  }
  return { ...frame.data, [name]: checked };
}
