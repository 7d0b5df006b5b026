import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  from: string;
  to: string[];
  /** Headers and body, quoted-printable decoded as far as links need it. */
  text: string;
}

/** A mail server on a free port. */
export interface Mailbox {
  readonly received: ReceivedMail[];
  /** While true, what comes is rejected with 451. */
  isRefusing: boolean;
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts a real mail server that keeps what it gets. */
export async function startMailbox(): Promise<Mailbox> {
  const received: ReceivedMail[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ['STARTTLS'], logger: false },
    onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const to = rcptTo.map(({ address }) => address);
        if (mailbox.isRefusing) return done(Object.assign(new Error(`${to} is busy`), { responseCode: 451 }));
        const text = Buffer.concat(parts).toString().replaceAll('=\r\n', '').replaceAll('=3D', '=');
        received.push({ from: mailFrom === false ? '' : mailFrom.address, to, text });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve());
  });
  const address = server.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const mailbox: Mailbox = {
    ...{ received, isRefusing: false, url: `smtp://127.0.0.1:${port}` },
    stop: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return mailbox;
}
