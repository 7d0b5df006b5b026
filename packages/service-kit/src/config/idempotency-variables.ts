import { integer } from './common-variables.ts';
import { variable } from './read-config.ts';

const mebibyte = 1024 * 1024;

/** What is kept for requests with an `Idempotency-Key`; gateways and proxies share it. */
export const idempotencyVariables = {
  idempotencyAnswerBytesMax: variable(
    'IDEMPOTENCY_ANSWER_BYTES_MAX',
    integer(1024, 256 * mebibyte).default(8 * mebibyte),
    'Longest answer that is kept for requests with the same Idempotency-Key, in bytes. A repeat of a longer one is answered 409.',
  ),
  idempotencyOrganizationBytesMax: variable(
    'IDEMPOTENCY_ORGANIZATION_BYTES_MAX',
    integer(mebibyte, 1024 * 1024 * mebibyte).default(64 * mebibyte),
    'Bytes that the kept answers of one organisation may take, compressed. What does not fit is not kept.',
  ),
  idempotencyBytesMax: variable(
    'IDEMPOTENCY_BYTES_MAX',
    integer(mebibyte, 1024 * 1024 * mebibyte).default(1024 * mebibyte),
    'Bytes that the kept answers of all organisations may take, compressed.',
  ),
} as const;
