import { type ChangeEvent, useState } from 'react';
import { Check, TextArea, TextField } from '../../components/field.tsx';
import { useWords } from '../../i18n/preferences.tsx';
import { type ChatForm, parseField } from './chat-request.ts';
import { playgroundWords } from './playground-words.ts';

const imagesMax = 4;
const imageBytesMax = 5 * 1024 * 1024;

export function ChatFormFields({ form, onChange }: { form: ChatForm; onChange: (form: ChatForm) => void }) {
  const t = useWords(playgroundWords);
  const change = (part: Partial<ChatForm>) => onChange({ ...form, ...part });
  return (
    <>
      <TextArea
        label={t('system')}
        rows={2}
        value={form.system}
        onChange={(event) => change({ system: event.target.value })}
      />
      <TextArea
        label={t('prompt')}
        rows={5}
        required
        value={form.prompt}
        onChange={(event) => change({ prompt: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
        }}
      />
      <Pictures form={form} onChange={change} />
      <div className="columns">
        <TextField
          label={t('maxTokens')}
          hint={t('empty')}
          type="number"
          min={1}
          value={form.maxTokens}
          onChange={(event) => change({ maxTokens: event.target.value })}
        />
        <TextField
          label={t('temperature')}
          hint={t('empty')}
          type="number"
          min={0}
          max={2}
          step={0.1}
          value={form.temperature}
          onChange={(event) => change({ temperature: event.target.value })}
        />
      </div>
      <Check
        label={t('streams')}
        checked={form.streams}
        onChange={(event) => change({ streams: event.target.checked })}
      />
      <Advanced form={form} onChange={change} />
    </>
  );
}

type PartProps = { form: ChatForm; onChange: (part: Partial<ChatForm>) => void };

function Advanced({ form, onChange }: PartProps) {
  const t = useWords(playgroundWords);
  const tools = parseField(form.tools);
  const schema = parseField(form.schema);
  const faultOf = ({ fault }: { fault: string | null }) => (fault === null ? null : t('badJson', { reason: fault }));
  const isNoArray = tools.value !== undefined && !Array.isArray(tools.value);
  return (
    <details>
      <summary>{t('advanced')}</summary>
      <div className="stack">
        <TextArea
          label={t('tools')}
          hint={t('toolsHint')}
          fault={isNoArray ? t('notArray') : faultOf(tools)}
          rows={5}
          spellCheck={false}
          value={form.tools}
          onChange={(event) => onChange({ tools: event.target.value })}
        />
        <TextArea
          label={t('schema')}
          hint={t('schemaHint')}
          fault={faultOf(schema)}
          rows={5}
          spellCheck={false}
          value={form.schema}
          onChange={(event) => onChange({ schema: event.target.value })}
        />
      </div>
    </details>
  );
}

function Pictures({ form, onChange }: PartProps) {
  const t = useWords(playgroundWords);
  const [isBad, setBad] = useState(false);
  const take = async (event: ChangeEvent<HTMLInputElement>) => {
    const files = [...(event.target.files ?? [])];
    const fits = files.length <= imagesMax && files.every(({ size }) => size <= imageBytesMax);
    setBad(!fits);
    onChange({ images: fits ? await Promise.all(files.map(toDataUrl)) : [] });
  };
  return (
    <>
      <TextField
        label={t('images')}
        hint={t('imagesHint')}
        fault={isBad ? t('imagesBad') : null}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif"
        multiple
        onChange={(event) => void take(event)}
      />
      {form.images.length === 0 ? null : (
        <div className="row">
          {form.images.map((url) => (
            <img key={url.slice(-64)} className="thumb" src={url} alt="" />
          ))}
        </div>
      )}
    </>
  );
}

function toDataUrl(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error('the file could not be read'));
    reader.readAsDataURL(file);
  });
}
