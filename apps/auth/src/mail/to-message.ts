import type { Mail, MailMessage } from './mail.ts';

type Words = Readonly<Record<Mail['template'], { subject: string; lines: readonly string[] }>>;

const paths = {
  invitation: 'invitation',
  email_verification: 'verify-email',
  password_reset: 'reset-password',
} as const;

const ending = {
  en: ['The link works once, until {expiresAt} (UTC). If you did not expect this mail, ignore it.'],
  ru: ['Ссылка действует один раз, до {expiresAt} (UTC). Если вы не ждали этого письма, не отвечайте на него.'],
};

const words: Readonly<Record<Mail['language'], Words>> = {
  en: {
    invitation: {
      subject: 'Invitation to {organizationName}',
      lines: ['{inviterName} invites you to the organisation {organizationName}, as {role}.', 'Accept it here: {link}'],
    },
    email_verification: { subject: 'Confirm your e-mail address', lines: ['Confirm your e-mail address here: {link}'] },
    password_reset: {
      subject: 'Set a new password',
      lines: ['Set a new password here: {link}', 'Your password stays as it is until you do.'],
    },
  },
  ru: {
    invitation: {
      subject: 'Приглашение в организацию {organizationName}',
      lines: [
        '{inviterName} приглашает вас в организацию {organizationName}, роль: {role}.',
        'Принять приглашение: {link}',
      ],
    },
    email_verification: { subject: 'Подтвердите адрес почты', lines: ['Подтвердить адрес почты: {link}'] },
    password_reset: {
      subject: 'Новый пароль',
      lines: ['Задать новый пароль: {link}', 'До этого действует прежний пароль.'],
    },
  },
};

/**
 * Puts a mail into words. The token is in the fragment of the link, which no server logs. Names of people and organisations cannot
 * break a line or hide text.
 */
export function toMessage(mail: Mail, publicUrl: string): MailMessage {
  const { subject, lines } = words[mail.language][mail.template];
  const { to, token, template, language, ...rest } = mail;
  const values: Record<string, string> = {
    ...rest,
    expiresAt: mail.expiresAt.slice(0, 16).replace('T', ' '),
    link: `${publicUrl.replace(/\/$/, '')}/${paths[template]}#token=${token}`,
  };
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => (values[name] ?? '').replace(/\p{C}+/gu, ' '));
  return { to, subject: fill(subject), text: `${[...lines, ...ending[language]].map(fill).join('\n\n')}\n` };
}
