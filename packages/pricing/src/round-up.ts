const picoUsdPerNanoUsd = 1000n;

/** Pico-USD, not negative, as nano-USD: the only rounding of money there is, once for each amount, up. */
export function roundUpToNanoUsd(amountPicoUsd: bigint): bigint {
  return (amountPicoUsd + picoUsdPerNanoUsd - 1n) / picoUsdPerNanoUsd;
}
