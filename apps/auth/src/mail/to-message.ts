import type { MailMessage } from '@aggregator/notifications';
import type { Mail, MailWords } from './mail.ts';
import { noticeWords } from './notice-words.ts';

type Words = Readonly<Record<Exclude<Mail['template'], 'billing_notice'>, MailWords>>;

const paths = {
  invitation: 'invitation',
  email_verification: 'verify-email',
  password_reset: 'reset-password',
  email_change: 'verify-email',
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
    budget_alert: {
      subject: 'Budget {budgetName}: {percent} % spent',
      lines: [
        '{spent} of {amount} of the budget {budgetName} of {organizationName} are spent, in the period {period}.',
        'A budget that is spent rejects requests, unless it only warns. Owners, admins and billing members can raise it.',
      ],
    },
    email_change: {
      subject: 'Confirm your new e-mail address',
      lines: ['Confirm that this is your new e-mail address: {link}', 'Your address stays as it is until you do.'],
    },
    email_changed: {
      subject: 'Your e-mail address was changed',
      lines: [
        'The e-mail address of your account was changed. This address is no longer used.',
        'If you did not do this, contact the administrator of your organisation now.',
      ],
    },
    security_event: {
      subject: 'Security: {event} ({severity}) in {organizationName}',
      lines: [
        'Event {event}, severity {severity}, in the organisation {organizationName}. It is about {subject}. {outcome}',
        'GET /v1/auth/security-events lists it. Rotate the API key if you do not know this use.',
      ],
    },
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
    budget_alert: {
      subject: 'Бюджет {budgetName}: израсходовано {percent} %',
      lines: [
        'Из бюджета {budgetName} организации {organizationName} израсходовано {spent} из {amount}, период {period}.',
        'Исчерпанный бюджет отклоняет запросы, если он не только предупреждает. Поднять его могут владелец, администратор и бухгалтер.',
      ],
    },
    email_change: {
      subject: 'Подтвердите новый адрес почты',
      lines: ['Подтвердить новый адрес почты: {link}', 'До этого действует прежний адрес.'],
    },
    email_changed: {
      subject: 'Адрес почты изменён',
      lines: [
        'Адрес почты вашей учётной записи изменён. Этот адрес больше не используется.',
        'Если это сделали не вы, сразу обратитесь к администратору организации.',
      ],
    },
    security_event: {
      subject: 'Безопасность: {event} ({severity}), {organizationName}',
      lines: [
        'Событие {event}, важность {severity}, организация {organizationName}. Речь о: {subject}. {outcome}',
        'Список событий: GET /v1/auth/security-events. Замените ключ API, если вы не знаете о таком использовании.',
      ],
    },
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
  const { subject, lines } = wordsOf(mail);
  const values = valuesOf(mail, publicUrl);
  const fill = (text: string) =>
    text.replace(/\{(\w+)\}/g, (_, name: string) => (values[name] ?? '').replace(/\p{C}+/gu, ' '));
  const end = 'token' in mail ? ending[mail.language] : [];
  return { to: mail.to, subject: fill(subject), text: `${[...lines, ...end].map(fill).join('\n\n')}\n` };
}

function wordsOf(mail: Mail): MailWords {
  return mail.template === 'billing_notice'
    ? noticeWords[mail.language][mail.notice]
    : words[mail.language][mail.template];
}

function valuesOf(mail: Mail, publicUrl: string): Record<string, string> {
  if (mail.template === 'billing_notice') return { ...mail.facts, organizationName: mail.organizationName };
  const { to: _to, template: _template, language: _language, ...values } = mail;
  if (!('token' in mail)) return values as Record<string, string>;
  const { token, expiresAt, template } = mail;
  return {
    ...values,
    token: '',
    expiresAt: expiresAt.slice(0, 16).replace('T', ' '),
    link: `${publicUrl.replace(/\/$/, '')}/${paths[template]}#token=${token}`,
  };
}
