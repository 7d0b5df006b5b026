import type {
  ModelCapability,
  Operation,
  PriceInUsd,
  Rates,
  SnapshotModel,
  ToolComponent,
} from '@aggregator/contracts';
import type { z } from 'zod';
import type { RetirementRow } from './lifecycle/retirement.ts';

/** What the product knows of a vendor beside its dialect: addresses, variables, options, models. */
export interface VendorFacts {
  /** Address of a provider that states none, with its version path. Null: the vendor has none. */
  readonly baseUrl: string | null;
  /** Path that is added to an address without it: `/v1`. */
  readonly versionPath: string;
  /** True if its servers can work without a key. Absent for no. */
  readonly worksWithoutKey?: boolean;
  /** The provider that every installation can have itself, at its own address. Absent: none. */
  readonly builtIn?: string;
  /** The field of a Provider resource that this type alone has. Absent: none. */
  readonly resourceField?: 'mock' | 'profile';
  /** `gen_ai.provider.name` of OpenTelemetry. Absent: the type. Source: https://opentelemetry.io/docs/specs/semconv/gen-ai/ (1.38). */
  readonly traceName?: string;
  /** Variables that make a provider. Absent: none. */
  readonly environment?: VendorEnvironment;
  /** Options that a provider of this type accepts, by their names. Absent: none beside those of every type. */
  readonly options?: Readonly<Record<string, OptionRule>>;
  /** Models that are known. Absent: each provider states its models. */
  readonly models?: ListedModels | FixedModels;
  /** What the vendor charges for a batch of chats or embeddings, in percent of its price. Absent: no such price is known. */
  readonly batchPricePercent?: number;
  /** Models that the vendor serves no more. Absent: none are known. */
  readonly retirements?: readonly RetirementRow[];
}

/** The variables `<PREFIX>_API_KEY`, `<PREFIX>_BASE_URL` and `<PREFIX>_PRICES`. */
export interface VendorEnvironment {
  /** Name of the provider: `openai`. */
  readonly provider: string;
  /** `OPENAI` */
  readonly prefix: string;
  /** An earlier prefix of the key and the address: `GOOGLE_AI`. Absent: none. */
  readonly alias?: string;
  /** As sentences name the vendor: `Yandex AI Studio`. */
  readonly title: string;
}

export interface OptionRule {
  /** True if every provider of the type has the option. Absent for no. */
  readonly isRequired?: boolean;
  /** True if the value has a meaning. Absent: every text has. */
  readonly allows?: (value: string) => boolean;
  /** The variable that sets the option of the provider of the environment. Absent: none. */
  readonly variable?: {
    readonly name: string;
    /** Accepts `undefined`: the variable is not set. */
    readonly schema: z.ZodType<string | undefined>;
    readonly description: string;
  };
}

/** A model of which everything is known. */
export interface KnownModel {
  readonly id: string;
  readonly operations: readonly Operation[];
  /** Tokens. */
  readonly contextLength: number;
  /** Tokens; an upper bound. Null for operations that generate none. */
  readonly maxOutputTokens: number | null;
  readonly capabilities: readonly ModelCapability[];
  /** Milliseconds; null: the proxy's own. */
  readonly firstLifeMs: SnapshotModel['firstLifeMs'];
  /** Null if we cannot say exactly what a request costs; such a model is refused, never free. */
  readonly price: { readonly rates: Rates; readonly source: string } | null;
}

/** All models of a vendor whose prices no list has. A price that is null comes from `<PREFIX>_PRICES`. */
export interface FixedModels {
  readonly models: readonly KnownModel[];
  /** Tokens, of a model that has a price and is not among them. */
  readonly contextLengthUnknown: number;
}

/** What holds for all models whose names fit, by the vendor's own documentation. */
export interface ModelFamily {
  readonly fits: RegExp;
  /** The most tokens that it generates; null: the vendor states none, so its context bounds it. */
  readonly outputTokensMax: number | null;
  readonly capabilities: readonly ModelCapability[];
  /** It thinks unasked, and sends nothing meanwhile. Absent for no. */
  readonly isThinker?: boolean;
}

/** An entry of the price list. */
export interface ListEntry {
  readonly id: string;
  /** The names that the entry lists letter by letter, those of other hosts too. */
  readonly exactNames: readonly string[];
}

/** What a vendor offers, apart from what the price list has. */
export interface ListedModels {
  /** The vendor's id in the price list. */
  readonly listId: string;
  /** The names by which the vendor's own API knows an entry. */
  namesOf(entry: ListEntry): readonly string[];
  /** What our adapter can ask of the model; empty leaves it out. */
  operationsOf(name: string): readonly Operation[];
  /** The first family that fits decides. */
  familyOf(name: string): ModelFamily | undefined;
  /** Tokens, if the list has none. */
  contextLengthOf(name: string): number;
  /** What our adapter can ask of the vendor's own tools and counts, with rates that the list does not have. */
  readonly hostedTools?: {
    readonly listed: readonly ToolComponent[];
    /** Pico-USD per unit. */
    readonly rates: Readonly<Partial<Record<ToolComponent, string>>>;
  };
  /** Models that the list does not have, by their names. */
  readonly unlisted: readonly UnlistedModel[];
}

export interface UnlistedModel {
  readonly id: string;
  /** Tokens. */
  readonly contextLength: number;
  readonly price: { readonly usd: PriceInUsd; readonly source: string } | null;
}
