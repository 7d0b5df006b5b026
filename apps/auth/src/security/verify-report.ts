import { createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto';
import { AppError } from '@aggregator/contracts';
import type { AuthConfig } from '../config.ts';

export type ReportKeys = Pick<AuthConfig, 'leakReportSecret' | 'leakReportPublicKeys'>;

export interface SignedReport {
  readonly body: Buffer;
  /** `github-public-key-identifier` and `github-public-key-signature`. */
  readonly keyIdentifier: string | undefined;
  readonly keySignature: string | undefined;
  /** `x-aggregator-signature`: `t=<Unix seconds>,v1=<hex HMAC-SHA-256 of "t.body">`. */
  readonly signature: string | undefined;
}

const ageMaxSeconds = 300;

/**
 * Checks the signature of a report: ECDSA over P-256 and SHA-256 as GitHub signs, or the HMAC of an own scanner.
 * Source: https://docs.github.com/code-security/secret-scanning/secret-scanning-partner-program (read 2026-11).
 * @throws {AppError} `invalid_signature`
 */
export function verifyReport(keys: ReportKeys, report: SignedReport, now: Date): void {
  if (isOfPublicKey(keys, report) || isOfSecret(keys, report, now)) return;
  throw new AppError('invalid_signature');
}

function isOfPublicKey({ leakReportPublicKeys = [] }: ReportKeys, report: SignedReport): boolean {
  const { keyIdentifier, keySignature, body } = report;
  const [, encoded] = leakReportPublicKeys.find(([identifier]) => identifier === keyIdentifier) ?? [];
  if (encoded === undefined || keySignature === undefined) return false;
  try {
    const key = createPublicKey({ key: Buffer.from(encoded, 'base64'), format: 'der', type: 'spki' });
    return verify('sha256', body, key, Buffer.from(keySignature, 'base64'));
  } catch {
    return false;
  }
}

function isOfSecret({ leakReportSecret }: ReportKeys, { signature, body }: SignedReport, now: Date): boolean {
  const [, seconds, hex] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/.exec(signature ?? '') ?? [];
  if (leakReportSecret === undefined || seconds === undefined || hex === undefined) return false;
  if (Math.abs(now.getTime() / 1000 - Number(seconds)) > ageMaxSeconds) return false;
  const expected = createHmac('sha256', leakReportSecret).update(`${seconds}.`).update(body).digest();
  return timingSafeEqual(expected, Buffer.from(hex, 'hex'));
}
