import { z } from 'zod';

/** Nano-USD (10⁻⁹ USD) as a decimal integer string, since a JSON number is exact only to 2⁵³. May be negative. */
export const nanoUsdString = z.string().regex(/^-?\d{1,19}$/, 'a whole number of nano-USD as a string');

/**
 * Pico-USD (10⁻¹² USD) for one unit, as a decimal integer string, not negative. $0.15 per million tokens is "150000".
 */
export const picoUsdString = z.string().regex(/^\d{1,18}$/, 'a whole number of pico-USD as a string');
