import type { Plan, Subscription } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call, get } from '../../api/call.ts';
import { can } from '../../api/permissions.ts';
import { useProfile } from '../../api/queries.ts';
import { Confirm } from '../../components/confirm.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatMoney } from '../../format/money.ts';
import { formatDay } from '../../format/time.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { NewPlan } from './new-plan.tsx';
import { Plans } from './plans.tsx';
import { subscriptionWords } from './subscription-words.ts';

const path = '/v1/billing/subscription';
const changes = ['subscription', 'balance', 'transactions'];

export function SubscriptionPage() {
  const t = useWords(subscriptionWords);
  const user = useProfile();
  const [choosing, setChoosing] = useState<Plan | null>(null);
  const [isAdding, setAdding] = useState(false);
  const subscription = useQuery({
    queryKey: ['subscription'],
    queryFn: ({ signal }) => get<{ subscription: Subscription | null }>(path, {}, signal),
  });
  const current = subscription.data?.subscription ?? null;
  return (
    <Page
      title={t('title')}
      intro={t('intro')}
      {...(can(user, 'billing.manage') && {
        actions: (
          <button type="button" className="button" onClick={() => setAdding(true)}>
            {t('newPlan')}
          </button>
        ),
      })}
    >
      <section className="stack tight">
        <h2>{t('now')}</h2>
        <Load query={subscription} lines={3}>
          {() => (current === null ? <p className="soft">{t('noneNow')}</p> : <Current subscription={current} />)}
        </Load>
      </section>
      <Plans current={current} onChoose={setChoosing} />
      {choosing === null ? null : <Choose plan={choosing} onClose={() => setChoosing(null)} />}
      {isAdding ? <NewPlan onClose={() => setAdding(false)} /> : null}
    </Page>
  );
}

const tones: Readonly<Record<Subscription['state'], string>> = {
  ...{ trialing: 'good', active: 'good', past_due: 'bad', suspended: 'bad', ended: '' },
};

function Current({ subscription: held }: { subscription: Subscription }) {
  const t = useWords(subscriptionWords);
  const { language } = usePreferences();
  const mayPay = can(useProfile(), 'billing.pay');
  const [isLeaving, setLeaving] = useState(false);
  const keep = useAction(() => call('PUT', path, { body: { planId: held.plan.id } }), changes);
  const cancel = useAction(
    () => call('DELETE', path),
    changes,
    () => setLeaving(false),
  );
  const when = held.graceEndsAt === null ? '' : formatDay(held.graceEndsAt, language);
  return (
    <div className="card stack">
      <dl className="facts">
        <dt>{t('plan')}</dt>
        <dd>{held.plan.name}</dd>
        <dt>{t('state')}</dt>
        <dd>
          <span className={`badge ${tones[held.state]}`}>{t(held.state, { when })}</span>{' '}
          {held.cancelsAtPeriodEnd ? t('cancels') : null}
        </dd>
        <dt>{t('period')}</dt>
        <dd>
          {formatDay(held.periodStart, language)} – {formatDay(held.periodEnd, language)}
        </dd>
      </dl>
      <Problem error={keep.error} isAction />
      {!mayPay || held.state === 'ended' ? null : (
        <div>
          {held.cancelsAtPeriodEnd ? (
            <button type="button" className="button" disabled={keep.isPending} onClick={() => keep.mutate(undefined)}>
              {t('keep')}
            </button>
          ) : (
            <button type="button" className="button danger" onClick={() => setLeaving(true)}>
              {t('cancelPlan')}
            </button>
          )}
        </div>
      )}
      {isLeaving ? (
        <Confirm
          title={t('cancelTitle')}
          action={t('cancelPlan')}
          work={{ ...cancel, mutate: () => cancel.mutate(undefined) }}
          onClose={() => setLeaving(false)}
        >
          <p>{t('cancelText')}</p>
        </Confirm>
      ) : null}
    </div>
  );
}

function Choose({ plan, onClose }: { plan: Plan; onClose: () => void }) {
  const t = useWords(subscriptionWords);
  const { language } = usePreferences();
  const choose = useAction(() => call('PUT', path, { body: { planId: plan.id } }), changes, onClose);
  const work = { ...choose, mutate: () => choose.mutate(undefined) };
  return (
    <Confirm title={t('chooseTitle', { name: plan.name })} action={t('choose')} work={work} onClose={onClose}>
      <p>{t('chooseText', { fee: formatMoney(plan.feeNanoUsd, language) })}</p>
    </Confirm>
  );
}
