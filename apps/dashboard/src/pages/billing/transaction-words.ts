import type { Transaction } from '@aggregator/contracts';
import type { Pair } from '../../i18n/words.ts';

export const transactionWords: Readonly<Record<Transaction['type'], Pair>> = {
  charge: ['charge', 'списание'],
  top_up: ['top-up', 'пополнение'],
  sign_up_credit: ['sign-up credit', 'приветственный кредит'],
  adjustment: ['adjustment', 'исправление'],
  charges_of_day: ['requests of a day', 'запросы за день'],
  credit_note: ['credit note', 'кредит-нота'],
  dispute: ['dispute', 'спор'],
  promotional_credit: ['promotional credit', 'промокредит'],
  promotional_expired: ['promotional credit expired', 'промокредит истёк'],
  refund: ['refund', 'возврат'],
  refund_returned: ['refund returned', 'возврат отменён'],
  subscription_fee: ['subscription fee', 'плата за подписку'],
};
