import type { CreatedWebhook, WebhookEventType } from '@aggregator/contracts';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { Check, TextField } from '../../components/field.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { webhookWords } from './webhook-words.ts';

/** Every event, and whether a new endpoint gets it if nothing is changed. The compiler finds one that is missing. */
const suggested: Readonly<Record<WebhookEventType, boolean>> = {
  'budget.threshold': true,
  'key.created': true,
  'key.revoked': true,
  'key.rotated': true,
  'member.removed': true,
  'balance.low': true,
  'spending.unusual': true,
  'card.expiring': true,
  'payment.succeeded': false,
  'payment.failed': true,
  'invoice.issued': false,
  'subscription.renewed': false,
  'subscription.ending': false,
  'subscription.ended': false,
  'subscription.past_due': true,
  'subscription.suspended': true,
  'security.event': true,
};
const events = Object.keys(suggested) as WebhookEventType[];

interface Props {
  onClose: () => void;
  onCreated: (created: CreatedWebhook) => void;
}

export function NewWebhook({ onClose, onCreated }: Props) {
  const t = useWords(webhookWords);
  const g = useWords(general);
  const [isEmpty, setEmpty] = useState(false);
  const create = useAction(
    (body: object) => call<CreatedWebhook>('POST', '/v1/auth/organization/webhooks', { body }),
    ['webhooks'],
    onCreated,
  );
  const submit = ({ name, url, ...form }: Record<string, string>) => {
    const chosen = events.filter((event) => form[event] === 'on');
    setEmpty(chosen.length === 0);
    if (chosen.length > 0) create.mutate({ name, url, events: chosen });
  };
  return (
    <FormDialog title={t('create')} action={t('create')} work={create} onSubmit={submit} onClose={onClose}>
      <TextField label={g('name')} name="name" maxLength={100} required autoFocus />
      <TextField label={t('url')} hint={t('urlHint')} name="url" type="url" maxLength={2000} required />
      <fieldset className="field">
        <legend className="label">{t('events')}</legend>
        <div className="columns tight">
          {events.map((event) => (
            <Check key={event} label={<code>{event}</code>} name={event} defaultChecked={suggested[event]} />
          ))}
        </div>
        {isEmpty ? (
          <p className="fault" role="alert">
            {t('oneAtLeast')}
          </p>
        ) : null}
      </fieldset>
    </FormDialog>
  );
}
