import type { Words } from '../../i18n/words.ts';

export const payerWords = {
  title: ['Who pays', 'Кто платит'],
  intro: [
    'One organisation can pay for others: a company for its branches, a reseller for its customers. Both must agree.',
    'Одна организация может платить за другие: компания за филиалы, посредник за клиентов. Согласие нужно с обеих сторон.',
  ],
  own: ['Payer of this organisation', 'Плательщик этой организации'],
  itself: ['This organisation pays for itself.', 'Эта организация платит за себя сама.'],
  paidBy: ['Payer', 'Плательщик'],
  since: ['Since', 'С'],
  state: ['State', 'Состояние'],
  asked: ['asked, not accepted yet', 'попросили, ещё не принято'],
  attached: ['pays', 'платит'],
  detaching: ['ends after the last open request', 'закончится после последнего открытого запроса'],
  ask: ['Ask an organisation to pay', 'Попросить организацию платить'],
  askText: [
    'It pays for new requests once it accepts. Budgets and limits stay as they are.',
    'Она платит за новые запросы после согласия. Бюджеты и лимиты остаются.',
  ],
  id: ['Id of the organisation', 'Идентификатор организации'],
  idHint: ['It is on the page "Who pays" of that organisation.', 'Он указан на странице «Кто платит» той организации.'],
  badId: ['An id has 36 characters, such as 0192f0c0-…', 'В идентификаторе 36 знаков, например 0192f0c0-…'],
  ownId: ['Id of this organisation', 'Идентификатор этой организации'],
  leave: ['Pay for itself again', 'Снова платить самим'],
  leaveText: [
    'New requests spend the own balance. What is under way is paid by the present payer.',
    'Новые запросы тратят собственный баланс. За уже начатые заплатит нынешний плательщик.',
  ],
  paid: ['Organisations that this one pays for', 'Организации, за которые платит эта'],
  none: ['This organisation pays for no other one', 'Эта организация не платит за другие'],
  noneText: [
    'Another organisation asks first. Its request is shown here.',
    'Сначала попросит другая организация. Её просьба появится здесь.',
  ],
  organization: ['Organisation', 'Организация'],
  accept: ['Accept', 'Принять'],
  refuse: ['Refuse', 'Отказать'],
  end: ['Pay no more', 'Больше не платить'],
  endTitle: ['Pay no more for {name}?', 'Больше не платить за {name}?'],
  endText: [
    'Its new requests spend its own balance. Requests that are open are still paid here.',
    'Её новые запросы тратят её баланс. Открытые запросы ещё оплачиваются здесь.',
  ],
} as const satisfies Words;
