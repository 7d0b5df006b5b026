import {
  AppError,
  type DeclarationOrigin,
  type DeclarationResult,
  declarationOrigin,
  priceTablesMax,
  providersMax,
  putDeclarationsRequest,
  routesMax,
} from '@aggregator/contracts';
import { z } from 'zod';

/** As loose as can be: an entry that breaks the contract is rejected alone, and its verdict names the fault. */
const looseEntry = z.looseObject({ origin: declarationOrigin });
export type LooseEntry = z.infer<typeof looseEntry>;

export const looseDeclarations = putDeclarationsRequest.extend({
  providers: z.array(looseEntry).max(providersMax),
  routes: z.array(looseEntry).max(routesMax),
  priceTables: z.array(looseEntry).max(priceTablesMax).optional(),
});
export type LooseDeclarations = z.infer<typeof looseDeclarations>;

/** An entry that is left out, and why. */
export interface Refusal {
  readonly origin: DeclarationOrigin;
  readonly result: Exclude<DeclarationResult['result'], 'accepted'>;
  readonly message: string;
}

const messageLengthMax = 500;

export function refusal(origin: DeclarationOrigin, result: Refusal['result'], message: string): Refusal {
  return { origin, result, message: message.slice(0, messageLengthMax) };
}

/** The entry as the contract has it. */
export function parseEntry<Schema extends z.ZodType>(
  schema: Schema,
  entry: LooseEntry,
): { readonly isGood: true; readonly value: z.output<Schema> } | { readonly isGood: false; readonly refusal: Refusal } {
  const parsed = schema.safeParse(entry);
  if (parsed.success) return { isGood: true, value: parsed.data };
  const reasons = parsed.error.issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join('.')}: ${message}`);
  return { isGood: false, refusal: refusal(entry.origin, 'invalid', reasons.join('; ')) };
}

/** An error of the registry's rules rejects the entry; every other error is thrown again. */
export function judgeBy<Result>(origin: DeclarationOrigin, judge: () => Result): Result | Refusal {
  try {
    return judge();
  } catch (error) {
    if (error instanceof AppError) return refusal(origin, 'invalid', error.publicMessage);
    if (error instanceof RangeError) return refusal(origin, 'invalid', error.message);
    throw error;
  }
}

export function isRefusal(judged: object): judged is Refusal {
  return 'result' in judged;
}
