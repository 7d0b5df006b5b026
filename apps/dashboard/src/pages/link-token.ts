/** The token of a mail's link, `#token=…`: behind the hash, so that no server or proxy logs it. */
export const readLinkToken = (hash: string): string | null => new URLSearchParams(hash.replace(/^#/, '')).get('token');
