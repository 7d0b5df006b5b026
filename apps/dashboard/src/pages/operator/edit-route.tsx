import type { PutRouteRequest, RouteRow } from '@aggregator/contracts';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { call } from '../../api/call.ts';
import { modelsQuery } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { readForm } from '../../components/door.tsx';
import { Check, Choice, TextField } from '../../components/field.tsx';
import { Problem } from '../../components/problem.tsx';
import { useAction } from '../../components/use-action.ts';
import { general } from '../../i18n/general-words.ts';
import { useWords } from '../../i18n/preferences.tsx';
import { addCandidate, type Candidate, readCandidate } from './route-candidates.ts';
import { routeWords } from './route-words.ts';

const strategies = ['weighted', 'latency', 'price'] as const;

/** Makes a route, or replaces one whole. */
export function EditRoute({ row, onClose }: { row: RouteRow | null; onClose: () => void }) {
  const t = useWords(routeWords);
  const g = useWords(general);
  const [candidates, setCandidates] = useState<Candidate[]>(row?.candidates ?? []);
  const [isSticky, setSticky] = useState(row?.isSticky ?? false);
  const save = useAction(
    ({ name = row?.name ?? '', strategy }: Record<string, string>) => {
      const body: PutRouteRequest = {
        strategy: strategies.find((known) => known === strategy) ?? 'weighted',
        isSticky,
        resume: row?.resume ?? 'verified',
        mayFailOverOnPolicy: row?.mayFailOverOnPolicy ?? false,
        candidates,
      };
      return call('PUT', `/v1/orchestrator/routes/${encodeURIComponent(name)}`, { body });
    },
    ['routes', 'models'],
    onClose,
  );
  return (
    <Dialog title={row?.name ?? t('add')} isOpen onClose={onClose}>
      <form className="stack" onSubmit={(event) => save.mutate(readForm(event))}>
        {row === null ? (
          <TextField label={g('name')} name="name" maxLength={200} required spellCheck={false} autoFocus />
        ) : null}
        <Choice label={t('strategy')} name="strategy" defaultValue={row?.strategy ?? 'weighted'}>
          {strategies.map((name) => (
            <option key={name} value={name}>
              {t(name)}
            </option>
          ))}
        </Choice>
        <Check label={t('sticky')} checked={isSticky} onChange={(event) => setSticky(event.target.checked)} />
        <h3>{t('candidates')}</h3>
        <p className="soft">{t('orderHint')}</p>
        <Candidates list={candidates} onChange={setCandidates} />
        <Problem error={save.error} isAction />
        <div className="row end">
          <button type="button" className="button" onClick={onClose}>
            {g('cancel')}
          </button>
          <button type="submit" className="button primary" disabled={save.isPending || candidates.length === 0}>
            {g('save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function Candidates({ list, onChange }: { list: readonly Candidate[]; onChange: (list: Candidate[]) => void }) {
  const t = useWords(routeWords);
  return (
    <>
      <ol className="plain stack tight">
        {list.map((candidate, index) => (
          <li key={`${candidate.provider}/${candidate.model}`}>
            <fieldset className="row spread candidate">
              <legend className="hidden-visually">{t('candidate', { number: index + 1 })}</legend>
              <span>
                {candidate.provider}/{candidate.model}
              </span>
              <span className="row">
                {(['priority', 'weight'] as const).map((name) => (
                  <label key={name} className="row">
                    <span className="soft">{t(name)}</span>
                    <input
                      className="input short"
                      type="number"
                      min={0}
                      max={1000}
                      value={candidate[name]}
                      onChange={(event) =>
                        onChange(list.with(index, { ...candidate, [name]: Number(event.target.value) }))
                      }
                    />
                  </label>
                ))}
                <button
                  type="button"
                  className="button small danger"
                  onClick={() => onChange(list.toSpliced(index, 1))}
                >
                  {t('drop')}
                </button>
              </span>
            </fieldset>
          </li>
        ))}
      </ol>
      <AddCandidate list={list} onAdd={(candidate) => onChange(addCandidate(list, candidate))} />
    </>
  );
}

function AddCandidate({
  list,
  onAdd,
}: {
  list: readonly Candidate[];
  onAdd: (candidate: Pick<Candidate, 'provider' | 'model'>) => void;
}) {
  const t = useWords(routeWords);
  const models = useQuery(modelsQuery).data?.data ?? [];
  const taken = new Set(list.map(({ provider, model }) => `${provider}/${model}`));
  const names = models
    .map(({ id, provider }) => (id.startsWith(`${provider}/`) ? id : `${provider}/${id}`))
    .filter((name) => !taken.has(name) && readCandidate(name) !== null);
  return (
    <Choice
      label={t('more')}
      value=""
      onChange={(event) => {
        const found = readCandidate(event.target.value);
        if (found !== null) onAdd(found);
      }}
    >
      <option value="">–</option>
      {[...new Set(names)].map((name) => (
        <option key={name}>{name}</option>
      ))}
    </Choice>
  );
}
