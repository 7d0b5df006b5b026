import { Choice } from '../../components/field.tsx';
import { useWords } from '../../i18n/preferences.tsx';
import { budgetWords } from './budget-words.ts';
import { type Level, levels, useSubjects } from './subjects.ts';

/** Fields of a form that choose whose budget or limit it is; the form gets `level`, and `subjectId` below the organisation. */
export function SubjectFields({ level, onLevel }: { level: Level; onLevel: (level: Level) => void }) {
  const t = useWords(budgetWords);
  const subjects = useSubjects(level);
  return (
    <>
      <Choice label={t('level')} name="level" value={level} onChange={(event) => onLevel(event.target.value as Level)}>
        {levels.map((name) => (
          <option key={name} value={name}>
            {t(name)}
          </option>
        ))}
      </Choice>
      {level === 'organization' ? null : (
        <Choice label={t('subject')} name="subjectId" required>
          {subjects.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Choice>
      )}
    </>
  );
}
