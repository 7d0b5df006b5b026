import { type PrivacyKind, type PrivacyPolicy, privacyKinds } from '@aggregator/contracts';
import type { Detector } from './detectors/detector.ts';
import { emailDetector } from './detectors/email.ts';
import { ibanDetector } from './detectors/iban.ts';
import { ipAddressDetector } from './detectors/ip-address.ts';
import { createNameDetector } from './detectors/names.ts';
import { createPatternDetector } from './detectors/patterns.ts';
import { paymentCardDetector } from './detectors/payment-card.ts';
import { phoneDetector } from './detectors/phone.ts';
import { innDetector, passportDetector, snilsDetector } from './detectors/russian-numbers.ts';

const byKind: Readonly<Record<PrivacyKind, Detector>> = {
  email: emailDetector,
  phone: phoneDetector,
  card: paymentCardDetector,
  iban: ibanDetector,
  passport: passportDetector,
  inn: innDetector,
  snils: snilsDetector,
  ip: ipAddressDetector,
};

/** A policy made ready: worth keeping for the next request with the same one. */
export interface CompiledPolicy {
  /** None if nothing is to be masked. */
  readonly detectors: readonly Detector[];
}

/** Throws RangeError for a policy that its schema would have refused. */
export function compilePolicy({ mode, kinds, names = [], patterns = [] }: PrivacyPolicy): CompiledPolicy {
  if (mode === 'off') return { detectors: [] };
  return {
    detectors: [
      ...new Set((kinds ?? privacyKinds).map((kind) => byKind[kind])),
      ...(names.length > 0 ? [createNameDetector(names)] : []),
      ...patterns.map(createPatternDetector),
    ],
  };
}
