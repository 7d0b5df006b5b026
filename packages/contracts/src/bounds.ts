/** Most providers of an installation, and so of a snapshot. */
export const providersMax = 500;
/** Most models of one provider. */
export const providerModelsMax = 5000;
/** Most routes of an installation, and so of a snapshot. */
export const routesMax = 5000;
/** Most PriceTable resources of an installation. */
export const priceTablesMax = 20;
/** Most prices of one PriceTable resource. */
export const priceTableEntriesMax = 100;

/** Most providers of a proxy's report, and of the state that is made of all reports. */
export const reportedProvidersMax = 1000;

/**
 * Most that one request may cost: a million dollars, in nano-USD. A proxy leases no more for a request, and billing
 * rejects a settlement above it.
 */
export const requestCostNanoUsdMax = 1_000_000_000_000_000n;
