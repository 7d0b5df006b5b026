import type { Need } from './incapabilities.ts';
import type { User } from './user.ts';

/** A cell of every column: what a user of an SDK gets. */
export interface MatrixCase {
  /** In the present, as the row's name. */
  readonly title: string;
  /** What the provider must be able to do; where it declares that it cannot, it must say so. */
  readonly needs?: Need;
  /** The field that asks for it, as the caller writes it. */
  readonly asks?: string;
  run(user: User): Promise<void>;
}

/** An SDK on one of the surfaces that it speaks. */
export interface MatrixRows {
  readonly sdk: string;
  readonly surface: string;
  readonly cases: readonly MatrixCase[];
  /** Reads what the SDK throws for a refusal; null if it is not an error of the SDK. */
  readRefusal(thrown: unknown): SdkRefusal | null;
}

export interface SdkRefusal {
  readonly name: 'bad-request' | 'not-found' | 'other';
  readonly code: string | null;
  /** The field at fault. */
  readonly param: string | null;
}
