/**
 * Every error that a caller can receive, once: its HTTP status, OpenAI's `error.type`, the public sentence and whether
 * the same request can succeed later. `docs/errors.md` is checked against this table.
 */
export interface CatalogueEntry {
  readonly status: number;
  /** `error.type` on OpenAI surfaces. */
  readonly type:
    | 'invalid_request_error'
    | 'authentication_error'
    | 'permission_error'
    | 'not_found_error'
    | 'insufficient_quota'
    | 'rate_limit_error'
    | 'conflict_error'
    | 'server_error'
    | 'upstream_error';
  /** Says what is wrong and what to do next; reveals nothing of the inside. */
  readonly message: string;
  /** False answers `x-should-retry: false`, which stops SDKs from asking again in vain. */
  readonly isRetryable: boolean;
}

const entry = (status: number, type: CatalogueEntry['type'], message: string, isRetryable = false): CatalogueEntry => ({
  status,
  type,
  message,
  isRetryable,
});

export const errorCatalogue = {
  invalid_json: entry(
    400,
    'invalid_request_error',
    'The request body is not valid JSON. Send one JSON object, encoded as UTF-8.',
  ),
  invalid_value: entry(400, 'invalid_request_error', 'A field of the request has a value that is not allowed.'),
  unknown_field: entry(400, 'invalid_request_error', 'The request has a field that this endpoint does not know.'),
  unsupported_parameter: entry(
    400,
    'invalid_request_error',
    'The provider of this model cannot do what this parameter asks. Leave it out or choose another model.',
  ),
  invalid_image_url: entry(
    400,
    'invalid_request_error',
    'The image URL is not allowed. Send an https URL or a data URL within the size limit.',
  ),
  invalid_file_url: entry(
    400,
    'invalid_request_error',
    'The address of a file is not allowed. Send an https URL of a public host, or the content as a data URL.',
  ),
  invalid_base_url: entry(
    400,
    'invalid_request_error',
    'The address is not allowed for a provider. Use the https URL of a public host, or have the operator allow this one.',
  ),
  model_not_priced: entry(
    400,
    'invalid_request_error',
    'This model has no price for what the request would use, so it cannot be served. Ask the operator to price it.',
  ),
  request_cost_too_high: entry(
    400,
    'invalid_request_error',
    'This request may cost more than the operator allows for one request. Lower max_tokens or n, or send less.',
  ),
  invalid_amount: entry(
    400,
    'invalid_request_error',
    'The amount is not a whole, positive number of nano-USD within the limit.',
  ),
  context_length_exceeded: entry(
    400,
    'invalid_request_error',
    "The request is longer than the model's context window. Shorten the messages or choose a larger model.",
  ),
  content_policy_violation: entry(
    400,
    'invalid_request_error',
    'The provider refused the request under its content policy.',
  ),
  upstream_rejected: entry(400, 'invalid_request_error', 'The provider refused the request as invalid.'),
  invalid_api_key: entry(
    401,
    'authentication_error',
    'No valid API key was given. Send it as "Authorization: Bearer agk_live_…".',
  ),
  invalid_token: entry(401, 'authentication_error', 'The access token is invalid or has expired. Log in again.'),
  token_reused: entry(
    401,
    'authentication_error',
    'This refresh token was already used. The session has been closed; log in again.',
  ),
  invalid_credentials: entry(401, 'authentication_error', 'The e-mail address or the password is wrong.'),
  sso_failed: entry(
    401,
    'authentication_error',
    'The login at the identity provider could not be verified. Start it again in the same browser.',
  ),
  invalid_signature: entry(
    401,
    'authentication_error',
    'The signature of this webhook is absent, false or too old. Nothing was changed.',
  ),
  invalid_peer: entry(
    401,
    'authentication_error',
    'This service answers only to its peers. Use the public API gateway.',
  ),
  access_blocked: entry(
    403,
    'permission_error',
    'The operator has blocked this key, user or organisation. Contact the operator.',
  ),
  email_not_verified: entry(
    403,
    'permission_error',
    'The e-mail address of this account is not verified yet. Use the link in the mail, or ask for a new one.',
  ),
  sign_up_closed: entry(
    403,
    'permission_error',
    'This installation does not let you make an account with this address. Ask for an invitation, or contact the operator.',
  ),
  sso_required: entry(
    403,
    'permission_error',
    'People with an address of this domain log in through their identity provider. GET /v1/auth/methods names it.',
  ),
  sso_not_allowed: entry(
    403,
    'permission_error',
    'Your account at the identity provider cannot be used here. Ask an administrator of your organisation.',
  ),
  insufficient_permissions: entry(403, 'permission_error', 'This key or user is not allowed to do that.'),
  model_not_allowed: entry(403, 'permission_error', 'This key is not allowed to use that model.'),
  not_found: entry(404, 'not_found_error', 'There is nothing at this address.'),
  model_not_found: entry(
    404,
    'not_found_error',
    'The model does not exist or no provider serves it. GET /v1/models lists the models.',
  ),
  method_not_allowed: entry(405, 'invalid_request_error', 'This address does not take that method.'),
  request_timeout: entry(
    408,
    'invalid_request_error',
    'The request body arrived too slowly. Send it without pauses, or over a faster connection.',
    true,
  ),
  email_taken: entry(409, 'conflict_error', 'An account with this e-mail address exists already. Log in instead.'),
  idempotency_in_progress: entry(
    409,
    'conflict_error',
    'A request with this Idempotency-Key is in progress. Wait as long as Retry-After says, then try again for its answer.',
    true,
  ),
  idempotency_answer_lost: entry(
    409,
    'conflict_error',
    'A request with this Idempotency-Key was processed, and may have been charged, but its answer is not available. Send another key to make a new request.',
  ),
  already_refunded: entry(409, 'conflict_error', 'This payment has been refunded already. Nothing was refunded again.'),
  conflict: entry(409, 'conflict_error', 'The request conflicts with the present state.'),
  stale_declaration: entry(
    409,
    'conflict_error',
    'A newer declaration of this owner was taken already. Only its present leader may declare.',
  ),
  precondition_failed: entry(
    412,
    'conflict_error',
    'The resource was changed since the answer whose ETag the request names in If-Match. Read it again, then change it.',
  ),
  request_too_large: entry(413, 'invalid_request_error', 'The request body is larger than the limit.'),
  uri_too_long: entry(414, 'invalid_request_error', 'The address is longer than the limit.'),
  unsupported_media_type: entry(415, 'invalid_request_error', 'Send the body as application/json, not compressed.'),
  idempotency_key_reused: entry(
    422,
    'invalid_request_error',
    'This Idempotency-Key was used for a request with another body. Send another key.',
  ),
  rate_limit_exceeded: entry(
    429,
    'rate_limit_error',
    'Too many requests. Wait as long as Retry-After says, then try again.',
    true,
  ),
  insufficient_quota: entry(
    429,
    'insufficient_quota',
    'The balance does not cover what this request may cost. Top up, or lower max_tokens.',
  ),
  budget_exceeded: entry(
    429,
    'insufficient_quota',
    'A budget does not cover what this request may cost. Ask for a higher budget, or wait until its next period.',
  ),
  request_cancelled: entry(
    499,
    'invalid_request_error',
    'The caller closed the connection before the answer was complete.',
  ),
  internal_error: entry(
    500,
    'server_error',
    'Something failed on our side. The request id finds it in our logs.',
    true,
  ),
  upstream_misconfigured: entry(
    502,
    'upstream_error',
    'The provider rejected the credentials or settings of this gateway.',
  ),
  upstream_unreachable: entry(502, 'upstream_error', 'The provider could not be reached.', true),
  upstream_error: entry(502, 'upstream_error', 'The provider failed to answer.', true),
  upstream_invalid_response: entry(
    502,
    'upstream_error',
    'The provider sent an answer that could not be understood.',
    true,
  ),
  upstream_stream_cut: entry(502, 'upstream_error', 'The provider broke off its answer before its end.', true),
  service_unavailable: entry(
    503,
    'server_error',
    'The service cannot take this request at the moment. Try again shortly.',
    true,
  ),
  billing_unavailable: entry(
    503,
    'server_error',
    'The balance cannot be checked at the moment, so nothing was sent or charged. Try again shortly.',
    true,
  ),
  idempotency_unavailable: entry(
    503,
    'server_error',
    'Idempotency-Key cannot be checked at the moment, so nothing was sent or charged. Try again shortly.',
    true,
  ),
  spool_full: entry(
    503,
    'server_error',
    'Too many requests wait for the ledger, so no new one is taken. Nothing was sent or charged. Try again shortly.',
    true,
  ),
  upstream_timeout: entry(504, 'upstream_error', 'The provider did not answer in time.', true),
} as const satisfies Record<string, CatalogueEntry>;

export type ErrorCode = keyof typeof errorCatalogue;

/** Narrows any string to a code of the catalogue. */
export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(errorCatalogue, code);
}
