import type { SessionList, User } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { call, get } from '../../api/call.ts';
import { profileQuery } from '../../api/queries.ts';
import { readForm } from '../../components/door.tsx';
import { TextField } from '../../components/field.tsx';
import { Load } from '../../components/load.tsx';
import { Page } from '../../components/page.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { formatTime } from '../../format/time.ts';
import { general } from '../../i18n/general-words.ts';
import { usePreferences, useWords } from '../../i18n/preferences.tsx';
import { settingsWords } from './settings-words.ts';

export function SettingsPage() {
  const t = useWords(settingsWords);
  const profile = useQuery(profileQuery);
  return (
    <Page title={t('title')}>
      <div className="columns">
        <Load query={profile}>{(user) => <Profile user={user} />}</Load>
        <Password />
      </div>
      <Sessions />
    </Page>
  );
}

function Profile({ user }: { user: User }) {
  const t = useWords(settingsWords);
  const g = useWords(general);
  const save = useAction(
    ({ name }: Record<string, string>) => call<User>('PUT', '/v1/users/profile', { body: { name } }),
    ['profile'],
  );
  return (
    <form className="card stack" onSubmit={(event) => save.mutate(readForm(event))}>
      <h2>{t('profile')}</h2>
      <p className="soft">{user.email}</p>
      <TextField label={t('yourName')} name="name" defaultValue={user.name} maxLength={100} required />
      <Problem error={save.error} isAction />
      <Done isDone={save.isSuccess} />
      <div>
        <button type="submit" className="button primary" disabled={save.isPending}>
          {g('save')}
        </button>
      </div>
    </form>
  );
}

function Password() {
  const t = useWords(settingsWords);
  const change = useAction(
    (body: Record<string, string>) => call('POST', '/v1/users/password', { body }),
    ['sessions'],
  );
  return (
    <form className="card stack" onSubmit={(event) => change.mutate(readForm(event))}>
      <h2>{t('password')}</h2>
      <TextField
        label={t('currentPassword')}
        name="currentPassword"
        type="password"
        autoComplete="current-password"
        required
      />
      <TextField
        label={t('newPassword')}
        hint={t('passwordHint')}
        name="newPassword"
        type="password"
        autoComplete="new-password"
        minLength={10}
        maxLength={256}
        required
      />
      <Problem error={change.error} isAction />
      <Done isDone={change.isSuccess} />
      <div>
        <button type="submit" className="button" disabled={change.isPending}>
          {t('change')}
        </button>
      </div>
    </form>
  );
}

function Done({ isDone }: { isDone: boolean }) {
  const t = useWords(settingsWords);
  return <p role="status">{isDone ? t('saved') : ''}</p>;
}

function Sessions() {
  const t = useWords(settingsWords);
  const { language } = usePreferences();
  const sessions = useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) => get<SessionList>('/v1/users/sessions', {}, signal),
  });
  const end = useAction((id: string) => call('DELETE', `/v1/users/sessions/${id}`), ['sessions']);
  return (
    <section className="stack">
      <h2>{t('sessions')}</h2>
      <Problem error={end.error} isAction />
      <Load query={sessions}>
        {({ data }) => (
          <div className="table-frame">
            <table className="table">
              <thead>
                <tr>
                  <th>{t('since')}</th>
                  <th>{t('until')}</th>
                  <th className="actions">{t('action')}</th>
                </tr>
              </thead>
              <tbody>
                {data.map((row) => (
                  <tr key={row.id}>
                    <td data-label={t('since')}>{formatTime(row.createdAt, language)}</td>
                    <td data-label={t('until')}>{formatTime(row.expiresAt, language)}</td>
                    <td className="actions">
                      {row.isCurrent ? (
                        <span className="badge good">{t('thisOne')}</span>
                      ) : (
                        <button type="button" className="button small" onClick={() => end.mutate(row.id)}>
                          {t('end')}
                        </button>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </Load>
    </section>
  );
}
