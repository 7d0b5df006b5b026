/**
 * What is wrong with one key of a provider. `SecretUnreadable`: the API server did not answer. `SecretForbidden`: it
 * refuses the operator. In both cases nothing is known of the key.
 */
export type KeyProblem =
  | 'SecretNotFound'
  | 'KeyNotFound'
  | 'EmptyKey'
  | 'InvalidKey'
  | 'InvalidCertificates'
  | 'SecretUnreadable'
  | 'SecretForbidden';

/**
 * The name of the reading of `endpoint.tlsSecretRef`, and the entry that covers all of its Secret: no entry has a
 * comma.
 */
export const tlsReading = { name: 'endpoint.tlsSecretRef', secretKey: 'ca.crt,tls.crt,tls.key' } as const;

/** True if the key may be as good as it was when it was read last. */
export function isUnknown(problem: KeyProblem | null): boolean {
  return problem === 'SecretUnreadable' || problem === 'SecretForbidden';
}

/** What a key of a provider turned out to be. Its value is no part of it. */
export interface KeyReading {
  /** Of the key in the spec. */
  readonly name: string;
  readonly secretName: string;
  readonly secretKey: string;
  /** Of the Secret that it was read from. */
  readonly resourceVersion: string | null;
  /** True if changes of the Secret are heard at once; else it is looked at once a minute. */
  readonly isWatched: boolean;
  /** Null where there is nothing good to declare. With a problem it is the last good one. */
  readonly credentialId: string | null;
  readonly problem: KeyProblem | null;
}

/** Returns the readings of the keys, and that of the certificates of the connections; null if the spec names none. */
export function sortReadings(readings: readonly KeyReading[]) {
  const isTls = ({ secretKey }: KeyReading) => secretKey === tlsReading.secretKey;
  return { apiKeys: readings.filter((one) => !isTls(one)), tls: readings.find(isTls) ?? null };
}

const descriptions: Readonly<Record<KeyProblem, (reading: KeyReading) => string>> = {
  SecretNotFound: ({ secretName }) => `the Secret '${secretName}' is not there`,
  KeyNotFound: ({ secretName, secretKey }) => `the Secret '${secretName}' has no entry '${secretKey}'`,
  EmptyKey: ({ secretName, secretKey }) => `'${secretKey}' of the Secret '${secretName}' is empty`,
  InvalidKey: ({ secretName, secretKey }) =>
    `'${secretKey}' of the Secret '${secretName}' holds spaces, line breaks or other characters that no key has`,
  InvalidCertificates: ({ secretName }) =>
    `the Secret '${secretName}' needs 'ca.crt', or 'tls.crt' with its 'tls.key', as PEM, of at most 12 KiB together`,
  SecretUnreadable: ({ secretName, credentialId }) =>
    `the Secret '${secretName}' cannot be read${describeLast(credentialId)}`,
  SecretForbidden: ({ secretName, credentialId }) =>
    `the operator may not read the Secret '${secretName}': name its namespace in operator.watchNamespaces of the chart, and the Secret in operator.secretNames if that is set${describeLast(credentialId)}`,
};

function describeLast(credentialId: string | null): string {
  return credentialId === null ? '' : '; the last key that was read stays in use';
}

/** `key 'primary': the Secret 'openai' is not there`. */
export function describeProblem(reading: KeyReading): string {
  const { name, problem } = reading;
  return problem === null ? '' : `key '${name}': ${descriptions[problem](reading)}`;
}
