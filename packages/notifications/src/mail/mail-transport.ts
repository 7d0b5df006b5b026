/** What a transport sends. */
export interface MailMessage {
  to: string;
  subject: string;
  text: string;
}

/** A way to send mails. `send` rejects if the mail was not accepted. */
export interface MailTransport {
  send(message: MailMessage): Promise<void>;
  close(): Promise<void>;
}

/** Returns the codes of an error of `send`: its message can hold the address. */
export function toMailFault(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, responseCode } = error as Error & { code?: unknown; responseCode?: unknown };
  return (
    [code, responseCode].filter((part) => typeof part === 'string' || typeof part === 'number').join(' ') || error.name
  );
}
