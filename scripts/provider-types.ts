import { providerAdapters } from '@aggregator/providers';

/** The text of packages/contracts/src/provider-types.ts, made from the adapters of packages/providers. */
export function providerTypesText(): string {
  const names = providerAdapters.map(({ type }) => `  '${type}',\n`);
  const rows = providerAdapters.map(({ type, facts }) => {
    const { baseUrl, worksWithoutKey, builtIn, resourceField = null, models } = facts;
    const traits = [
      `needsAddress: ${baseUrl === null && builtIn === undefined}`,
      `needsKey: ${worksWithoutKey !== true}`,
      `hasModels: ${models !== undefined}`,
      `field: ${resourceField === null ? null : `'${resourceField}'`}`,
    ];
    return `  ${type}: { ${traits.join(', ')} },\n`;
  });
  return `// Written by \`npm run generate:providers\` from packages/providers/src/registry.ts. Do not change it by hand.

/** The dialects that an adapter exists for. */
export const providerTypes = [
${names.join('')}] as const;

/** What the Provider resource must know of a type. */
export interface ProviderTraits {
  /** True if a resource must have \`endpoint\`. */
  readonly needsAddress: boolean;
  /** True if a resource must have \`credentials\`. */
  readonly needsKey: boolean;
  /** True if its models are known without \`models\`. */
  readonly hasModels: boolean;
  /** The field that this type alone has; null if none. */
  readonly field: string | null;
}

export const providerTraits: Readonly<Record<(typeof providerTypes)[number], ProviderTraits>> = {
${rows.join('')}};
`;
}
