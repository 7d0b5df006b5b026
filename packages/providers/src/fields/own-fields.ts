/** Fields that speak to us and not to a provider. */
export const ownFields: ReadonlySet<string> = new Set(['models', 'provider', 'strict']);
