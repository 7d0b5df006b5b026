import type { ShownOrganization } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { call } from '../../api/call.ts';
import { organizationQuery } from '../../api/queries.ts';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { splitNames } from '../../format/names.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { limitWords } from './limit-words.ts';

/** Which keys of a request's metadata become tags. */
export function TagKeys() {
  const t = useWords(limitWords);
  const organization = useQuery(organizationQuery);
  return (
    <section className="card stack">
      <div>
        <h2>{t('tags')}</h2>
        <p className="soft">{t('tagsText')}</p>
      </div>
      <Load query={organization} lines={2}>
        {({ tagKeys }) => <Form tagKeys={tagKeys} />}
      </Load>
    </section>
  );
}

function Form({ tagKeys }: Pick<ShownOrganization, 'tagKeys'>) {
  const t = useWords(limitWords);
  const g = useWords(general);
  const save = useAction(
    ({ keys = '' }: Record<string, string>) =>
      call('PATCH', '/v1/auth/organization', { body: { tagKeys: splitNames(keys) } }),
    ['organization'],
  );
  return (
    <form className="stack" onSubmit={(event) => save.mutate(readForm(event))}>
      <TextField
        label={t('tagKeys')}
        hint={t('tagKeysHint')}
        name="keys"
        defaultValue={tagKeys.join(', ')}
        spellCheck={false}
      />
      <Problem error={save.error} isAction />
      <p role="status">{save.isSuccess ? t('saved') : ''}</p>
      <div>
        <button type="submit" className="button" disabled={save.isPending}>
          {g('save')}
        </button>
      </div>
    </form>
  );
}
