import { createHash } from 'node:crypto';
import { type DeclarationOrigin, type DeclaredProviderEntry, declaredProvider, tlsOption } from '@aggregator/contracts';
import { mockType } from '@aggregator/providers';
import type { ProviderWriter } from '../providers/create-provider.ts';
import { checkOptions, toBaseUrl } from '../providers/provider-rules.ts';
import { toVersionedBaseUrl } from '../registry/base-urls.ts';
import type { DeclaredModel } from '../registry/declared-provider.ts';
import { chooseModels } from './choose-models.ts';
import { isRefusal, judgeBy, type LooseEntry, parseEntry, type Refusal, refusal } from './judge-entry.ts';

/** A provider that the registry may store unchanged. */
export interface AcceptedProvider {
  readonly origin: DeclarationOrigin;
  readonly fields: {
    readonly name: string;
    readonly type: string;
    readonly baseUrl: string;
    readonly isAddressTrusted: boolean;
    readonly credentialRefs: readonly string[];
    readonly options: Readonly<Record<string, string>>;
    readonly concurrencyMax: number | null;
  };
  readonly models: readonly DeclaredModel[];
  /** Of all of it but the origin: the same where nothing has to be written. */
  readonly declaredHash: string;
}

export interface ProviderSurroundings {
  readonly writer: ProviderWriter;
  /** Names that others hold. */
  readonly takenNames: ReadonlySet<string>;
  /** `<provider>/<id>` of the credentials that the owner handed over. */
  readonly credentials: ReadonlySet<string>;
}

/** Each entry by itself: what is wrong with one costs the others nothing. */
function judgeProvider(loose: LooseEntry, surroundings: ProviderSurroundings): AcceptedProvider | Refusal {
  const parsed = parseEntry(declaredProvider, loose);
  if (!parsed.isGood) return parsed.refusal;
  const entry = parsed.value;
  const { origin, name } = entry;
  const { writer, takenNames, credentials } = surroundings;
  if (takenNames.has(name)) return refusal(origin, 'name_taken', `The name '${name}' is taken by another provider.`);
  const ids = [...entry.credentialIds, ...(entry.tlsCredentialId === undefined ? [] : [entry.tlsCredentialId])];
  const unknown = ids.find((id) => !credentials.has(`${name}/${id}`));
  if (unknown !== undefined) return refusal(origin, 'credential_unknown', `The credential ${unknown} is not here.`);
  return judgeBy(origin, () => accept(entry, writer));
}

function accept(entry: DeclaredProviderEntry, writer: ProviderWriter): AcceptedProvider | Refusal {
  const { origin, name, type, options, concurrencyMax } = entry;
  checkOptions(options, type);
  const models = chooseModels(entry, writer.readKnownModels(type));
  if (models.length === 0) return refusal(origin, 'invalid', 'It offers no model.');
  if (new Set(models.map(({ id }) => id)).size < models.length)
    return refusal(origin, 'invalid', 'A model is there twice.');
  const refs = [...new Set(entry.credentialIds)].map((id) => `stored:${id}`);
  const { tlsCredentialId: tlsId } = entry;
  const fields = {
    ...{ name, type, concurrencyMax, ...locate(entry, writer) },
    options: tlsId === undefined ? options : { ...options, [tlsOption]: `stored:${tlsId}` },
    credentialRefs: refs.length === 0 ? ['none'] : refs,
  };
  const declaredHash = createHash('sha256')
    .update(JSON.stringify([fields, models]))
    .digest('hex');
  return { origin, fields, models, declaredHash };
}

/**
 * The installation sets the address of its mock provider, which is trusted. Every other address comes from a user
 * who may write a resource.
 */
function locate({ type, baseUrl }: DeclaredProviderEntry, { mockBaseUrl, allowlist }: ProviderWriter) {
  const isOwnMock =
    type === mockType &&
    (baseUrl === undefined || (URL.canParse(baseUrl) && toVersionedBaseUrl(new URL(baseUrl), type) === mockBaseUrl));
  if (isOwnMock) return { baseUrl: mockBaseUrl, isAddressTrusted: true };
  return { baseUrl: toBaseUrl(baseUrl, type, allowlist), isAddressTrusted: false };
}

/** As many as there is room for, in the order in which they were declared; the others are refused. */
export function judgeProviders(
  entries: readonly LooseEntry[],
  surroundings: ProviderSurroundings,
  roomFor: number,
): { readonly accepted: AcceptedProvider[]; readonly refusals: Refusal[] } {
  const accepted = new Map<string, AcceptedProvider>();
  const refusals: Refusal[] = [];
  for (const entry of entries) {
    const judged = judgeProvider(entry, surroundings);
    if (isRefusal(judged)) refusals.push(judged);
    else if (accepted.has(judged.fields.name)) {
      refusals.push(refusal(judged.origin, 'name_taken', `Another resource declares '${judged.fields.name}', too.`));
    } else if (accepted.size >= roomFor) {
      refusals.push(refusal(judged.origin, 'invalid', 'There are as many providers as there can be.'));
    } else accepted.set(judged.fields.name, judged);
  }
  return { accepted: [...accepted.values()], refusals };
}
