/** An organisation's money, in nano-USD. */
export interface Credit {
  leased: bigint;
  available: bigint;
}

/** Who pays how much of a charge, in nano-USD. Together they are the charge. */
export interface Allotment {
  fromLeased: bigint;
  fromAvailable: bigint;
  /** What no credit covers: the platform bears it. */
  fromPlatformLoss: bigint;
}

/**
 * Divides a charge: first what the ledger held for this very request, which is part of the free balance again; then the leased
 * money, since it was set aside for this; then the free balance; what is left over is the platform's loss, so that no balance
 * goes below zero.
 */
export function allotCharge(
  credit: Credit,
  amountNanoUsd: bigint,
  heldNanoUsd = 0n,
): { allotment: Allotment; left: Credit } {
  const fromHeld = min(min(heldNanoUsd, credit.available), amountNanoUsd);
  const fromLeased = min(credit.leased, amountNanoUsd - fromHeld);
  const fromAvailable = fromHeld + min(credit.available - fromHeld, amountNanoUsd - fromHeld - fromLeased);
  return {
    allotment: { fromLeased, fromAvailable, fromPlatformLoss: amountNanoUsd - fromLeased - fromAvailable },
    left: { leased: credit.leased - fromLeased, available: credit.available - fromAvailable },
  };
}

function min(left: bigint, right: bigint): bigint {
  return left < right ? left : right;
}
