import type { ComponentPrices, ManagedModel, ProviderSpec } from '@aggregator/contracts';

type Pricing = NonNullable<NonNullable<ProviderSpec['models']>[number]['pricing']>;
type Plain = NonNullable<Pricing['above']>['price'];

/** Names of prices of a million units. */
const perMillion: Readonly<Partial<Record<keyof Plain, keyof ComponentPrices>>> = {
  inputPerMillion: 'input',
  outputPerMillion: 'output',
  reasoningPerMillion: 'reasoning',
  cachedInputPerMillion: 'cacheRead',
  cacheWritePerMillion: 'cacheWrite5m',
  cacheWrite1hPerMillion: 'cacheWrite1h',
  audioInputPerMillion: 'audioIn',
  audioOutputPerMillion: 'audioOut',
  imageInputPerMillion: 'imageIn',
  imageOutputPerMillion: 'imageOut',
  toolTextInputPerMillion: 'toolTextIn',
  toolImageInputPerMillion: 'toolImageIn',
  toolImageOutputPerMillion: 'toolImageOut',
};
/** Names of prices of one unit. */
const perUnit: Readonly<Partial<Record<keyof Plain, keyof ComponentPrices>>> = {
  perImage: 'images',
  perImageSmall: 'imagesSmall',
  perImageMedium: 'imagesMedium',
  perImageLarge: 'imagesLarge',
  perImageLow: 'imagesLow',
  perImageLowLarge: 'imagesLowLarge',
  perImageHigh: 'imagesHigh',
  perImageHighLarge: 'imagesHighLarge',
  perSearch: 'toolCalls',
  perFileSearch: 'fileSearches',
  perContainerGigabyte: 'containers',
  perRequest: 'requests',
};

/** Returns a price in USD per million units, as the orchestrator has it. */
export function toPrice({ above, ...plain }: Pricing): NonNullable<ManagedModel['price']> {
  const price = toPrices(plain);
  return above === undefined
    ? price
    : { ...price, above: { inputTokens: above.inputTokens, price: toPrices(above.price) } };
}

function toPrices(plain: Plain): ComponentPrices {
  const { cacheWritePerMillion: write, cacheWrite1hPerMillion = write, inputPerMillion: input } = plain;
  const given: Plain = cacheWrite1hPerMillion === undefined ? plain : { ...plain, cacheWrite1hPerMillion };
  const prices: ComponentPrices = { input };
  for (const name of namesOf(perMillion)) set(prices, perMillion[name], given[name]);
  for (const name of namesOf(perUnit)) set(prices, perUnit[name], toPerMillion(given[name]));
  return prices;
}

function set(prices: ComponentPrices, name: keyof ComponentPrices | undefined, usd: string | undefined): void {
  if (name !== undefined && usd !== undefined) prices[name] = usd;
}

function namesOf(names: Readonly<Partial<Record<keyof Plain, unknown>>>): (keyof Plain)[] {
  return Object.keys(names) as (keyof Plain)[];
}

/** "0.04" of one is "40000" of a million. */
function toPerMillion(usd: string | undefined): string | undefined {
  if (usd === undefined) return undefined;
  const [whole = '', fraction = ''] = usd.split('.');
  return (whole + fraction.padEnd(6, '0')).replace(/^0+(?=\d)/, '');
}
