import { type ComponentProps, type ReactNode, useId } from 'react';

interface Labelled {
  label: string;
  hint?: ReactNode;
  fault?: string | null;
}

/** A text field with its label, hint and fault. */
export function TextField({ label, hint, fault, ...input }: Labelled & ComponentProps<'input'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input {...input} id={id} className="input" {...describe(id, hint, fault)} />
      <Notes id={id} hint={hint} fault={fault} />
    </div>
  );
}

export function TextArea({ label, hint, fault, ...input }: Labelled & ComponentProps<'textarea'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <textarea {...input} id={id} className="input" {...describe(id, hint, fault)} />
      <Notes id={id} hint={hint} fault={fault} />
    </div>
  );
}

/** A choice of few. The browser's own list: it knows every keyboard, screen reader and phone. */
export function Choice({ label, hint, fault, children, ...input }: Labelled & ComponentProps<'select'>) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...input} id={id} className="input" {...describe(id, hint, fault)}>
        {children}
      </select>
      <Notes id={id} hint={hint} fault={fault} />
    </div>
  );
}

export function Check({ label, ...input }: { label: ReactNode } & Omit<ComponentProps<'input'>, 'type'>) {
  return (
    <label className="check">
      <input {...input} type="checkbox" />
      <span>{label}</span>
    </label>
  );
}

function describe(id: string, hint: ReactNode, fault: string | null | undefined) {
  const isFaulty = fault !== null && fault !== undefined;
  const ids = [...(hint === undefined ? [] : [`${id}-hint`]), ...(isFaulty ? [`${id}-fault`] : [])].join(' ');
  return { ...(ids !== '' && { 'aria-describedby': ids }), ...(isFaulty && { 'aria-invalid': true as const }) };
}

function Notes({ id, hint, fault }: { id: string } & Pick<Labelled, 'hint' | 'fault'>) {
  return (
    <>
      {hint === undefined ? null : (
        <p className="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {fault === null || fault === undefined ? null : (
        <p className="fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
    </>
  );
}
