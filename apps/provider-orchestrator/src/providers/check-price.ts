import {
  AppError,
  type ComponentPrices,
  type Operation,
  type PriceInUsd,
  type ProviderType,
  pictureClasses,
  toolComponents,
} from '@aggregator/contracts';
import { adapterFor } from '@aggregator/providers';

interface PricedModel {
  readonly id: string;
  readonly operations: readonly Operation[];
  readonly price: PriceInUsd;
}

/** A price of $1,000 a million or more is that of a picture: no token costs so much. */
const pictureUsdPerMillionMin = 1000;

/**
 * Returns the price with the pictures in their own unit. `imageOut` was the price of a picture, too, before `images`.
 */
export function toUnitPrice({ operations, price }: Omit<PricedModel, 'id'>): PriceInUsd {
  const { imageOut, ...rest } = price;
  const isPicture = imageOut !== undefined && Number(imageOut) >= pictureUsdPerMillionMin && price.images === undefined;
  return isPicture && makesPicturesOnly(operations) ? { ...rest, images: imageOut } : price;
}

export interface PriceFault {
  /** `price.toolCalls` */
  readonly path: string;
  readonly message: string;
}

/**
 * Checks that each price can be charged: a component that no answer of this type and operation has would be free.
 * @throws {AppError} `invalid_value`, `param` naming the price.
 */
export function checkPrice(type: ProviderType, model: PricedModel): void {
  const fault = findPriceFault(type, model);
  if (fault === null) return;
  throw new AppError('invalid_value', { param: `models.${model.id}.${fault.path}`, message: fault.message });
}

/** Returns the first price that can never be charged; null if there is none. */
export function findPriceFault(type: ProviderType, { id, operations, price }: PricedModel): PriceFault | null {
  const { counters } = adapterFor(type);
  const counted = new Set<string>(operations.flatMap((operation) => counters[operation]));
  const tiers = [
    ['price', price],
    ['price.above.price', price.above?.price],
  ] as const;
  for (const [path, tier] of tiers) {
    const fault = tier === undefined ? null : findFault(tier, counted, operations);
    if (fault === null) continue;
    const message = `The price '${fault.name}' of the model '${id}' can never be charged: ${fault.reason}.`;
    return { path: `${path}.${fault.name}`, message };
  }
  return null;
}

function findFault(price: ComponentPrices, counted: ReadonlySet<string>, operations: readonly Operation[]) {
  for (const name of toolComponents) {
    if (price[name] === undefined || counted.has(name)) continue;
    return { name, reason: 'no request asks this type of provider for its own tools' };
  }
  for (const name of pictureClasses) {
    if (price[name] === undefined || price.images !== undefined) continue;
    return { name, reason: "a model that is priced by the picture needs 'images', the price of any other picture" };
  }
  if (price.images !== undefined && price.imageOut !== undefined && makesPicturesOnly(operations)) {
    return { name: 'imageOut', reason: 'the model is priced by the picture' };
  }
  for (const name of ['audioIn', 'audioOut', 'imageIn', 'imageOut', 'images'] as const) {
    // A part that costs what its whole costs needs no counter.
    const whole = name === 'images' ? undefined : name.endsWith('In') ? price.input : price.output;
    if (price[name] === undefined || price[name] === whole || counted.has(name)) continue;
    return { name, reason: 'no answer of this type of provider and these operations counts it' };
  }
  return null;
}

function makesPicturesOnly(operations: readonly Operation[]): boolean {
  return operations.every((operation) => operation === 'images.generations');
}
