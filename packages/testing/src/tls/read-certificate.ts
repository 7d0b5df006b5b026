import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Certificates and keys for `localhost`; the README beside them says what they are. */
export type CertificateName = 'ca' | 'client' | 'client-key' | 'server' | 'server-key';

/** Returns the path of a PEM file for tests. */
export function certificatePath(name: CertificateName): string {
  return fileURLToPath(new URL(`./${name}.pem`, import.meta.url));
}

/** Returns the text of a PEM file for tests. */
export function readCertificate(name: CertificateName): string {
  return readFileSync(certificatePath(name), 'utf8');
}
