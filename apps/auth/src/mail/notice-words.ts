import type { BillingNoticeType } from '@aggregator/contracts';
import type { MailWords } from './mail.ts';

type NoticeWords = Readonly<Record<BillingNoticeType, MailWords>>;

/** Words of notices about money. Amounts are in dollars, rounded down to cents. */
export const noticeWords: Readonly<Record<'en' | 'ru', NoticeWords>> = {
  en: {
    'balance.low': {
      subject: 'Low balance: {balance}',
      lines: [
        'The balance of {organizationName} is {balance}. The warning line is {threshold}.',
        'At zero, requests are rejected. Top up, or set up an automatic top-up.',
      ],
    },
    'spending.unusual': {
      subject: 'Unusual spending: {spent} on {day}',
      lines: [
        '{organizationName} has spent {spent} on {day} (UTC). The mean of the days before is {usual}.',
        'If you did not expect this, look at your API keys and revoke those that you do not know.',
      ],
    },
    'card.expiring': {
      subject: 'Your card expires: {brand} {lastDigits}',
      lines: [
        'The saved card {brand} {lastDigits} of {organizationName} expires at the end of {expires}.',
        'Save another one with your next top-up, or automatic payments will fail.',
      ],
    },
    'payment.succeeded': {
      subject: 'Payment received: {amount}',
      lines: ['{amount} were paid and are in the balance of {organizationName}. Payment: {topUpId}.'],
    },
    'payment.failed': {
      subject: 'Payment failed: {amount}',
      lines: [
        'A payment of {amount} of {organizationName} failed: {failureCode}. Payment: {topUpId}.',
        'Check the payment method, or pay with another one.',
      ],
    },
    'invoice.issued': {
      subject: 'Document {number} of {total}',
      lines: [
        'The document {number} of {organizationName} for {period} was issued. Total: {total}.',
        'Download it under Billing as PDF, JSON or CSV.',
      ],
    },
    'subscription.renewed': {
      subject: 'Subscription {plan} renewed',
      lines: ['The subscription {plan} of {organizationName} was renewed until {periodEnd} (UTC). Fee: {fee}.'],
    },
    'subscription.ending': {
      subject: 'Subscription {plan} ends',
      lines: ['The subscription {plan} of {organizationName} ends at {periodEnd} (UTC) and is not renewed.'],
    },
    'subscription.ended': {
      subject: 'Subscription {plan} has ended',
      lines: ['The subscription {plan} of {organizationName} has ended.'],
    },
    'subscription.past_due': {
      subject: 'Subscription {plan}: the fee could not be taken',
      lines: [
        'The balance of {organizationName} does not cover the fee {fee} of the subscription {plan}.',
        'Top up before {graceEnd} (UTC). Then the subscription is suspended.',
      ],
    },
    'subscription.suspended': {
      subject: 'Subscription {plan} is suspended',
      lines: [
        'The subscription {plan} of {organizationName} is suspended, because its fee {fee} was not paid in time.',
        'Top up to continue it.',
      ],
    },
  },
  ru: {
    'balance.low': {
      subject: 'Низкий баланс: {balance}',
      lines: [
        'Баланс организации {organizationName}: {balance}. Порог предупреждения: {threshold}.',
        'При нулевом балансе запросы отклоняются. Пополните баланс или настройте автоматическое пополнение.',
      ],
    },
    'spending.unusual': {
      subject: 'Необычные расходы: {spent} за {day}',
      lines: [
        'Расходы организации {organizationName} за {day} (UTC): {spent}. В среднем за предыдущие дни: {usual}.',
        'Если вы этого не ожидали, проверьте ключи API и отзовите те, которых вы не знаете.',
      ],
    },
    'card.expiring': {
      subject: 'Срок действия карты истекает: {brand} {lastDigits}',
      lines: [
        'Срок действия сохранённой карты {brand} {lastDigits} организации {organizationName} истекает в конце {expires}.',
        'Сохраните другую карту при следующем пополнении, иначе автоматические платежи не пройдут.',
      ],
    },
    'payment.succeeded': {
      subject: 'Платёж получен: {amount}',
      lines: ['Платёж {amount} зачислен на баланс организации {organizationName}. Номер платежа: {topUpId}.'],
    },
    'payment.failed': {
      subject: 'Платёж не прошёл: {amount}',
      lines: [
        'Платёж {amount} организации {organizationName} не прошёл: {failureCode}. Номер платежа: {topUpId}.',
        'Проверьте способ оплаты или оплатите другим способом.',
      ],
    },
    'invoice.issued': {
      subject: 'Документ {number} на сумму {total}',
      lines: [
        'Для организации {organizationName} выставлен документ {number} за {period}. Сумма: {total}.',
        'Его можно скачать в разделе «Оплата» в форматах PDF, JSON и CSV.',
      ],
    },
    'subscription.renewed': {
      subject: 'Подписка {plan} продлена',
      lines: ['Подписка {plan} организации {organizationName} продлена до {periodEnd} (UTC). Плата: {fee}.'],
    },
    'subscription.ending': {
      subject: 'Подписка {plan} заканчивается',
      lines: ['Подписка {plan} организации {organizationName} заканчивается {periodEnd} (UTC) и не продлевается.'],
    },
    'subscription.ended': {
      subject: 'Подписка {plan} закончилась',
      lines: ['Подписка {plan} организации {organizationName} закончилась.'],
    },
    'subscription.past_due': {
      subject: 'Подписка {plan}: не удалось списать плату',
      lines: [
        'На балансе организации {organizationName} не хватает средств для платы {fee} за подписку {plan}.',
        'Пополните баланс до {graceEnd} (UTC), иначе подписка будет приостановлена.',
      ],
    },
    'subscription.suspended': {
      subject: 'Подписка {plan} приостановлена',
      lines: [
        'Подписка {plan} организации {organizationName} приостановлена: плата {fee} не внесена вовремя.',
        'Пополните баланс, чтобы продолжить её.',
      ],
    },
  },
};
