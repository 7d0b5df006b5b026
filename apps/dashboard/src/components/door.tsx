import { type FormEvent, type ReactNode, useEffect } from 'react';
import icon from '../icon.svg';
import { PreferencePickers } from './preference-pickers.tsx';

/** The frame of pages for people who are not signed in. */
export function Door({ title, children }: { title: string; children: ReactNode }) {
  useEffect(() => {
    document.title = `${title} · AI Aggregator`;
  }, [title]);
  return (
    <div className="door">
      <main>
        <div className="brand">
          <img src={icon} alt="" width="24" height="24" />
          AI Aggregator
        </div>
        <div className="card stack">
          <h1>{title}</h1>
          {children}
        </div>
        <div className="preferences">
          <PreferencePickers />
        </div>
      </main>
    </div>
  );
}

/** Returns the text fields of a form that was submitted, and keeps the browser from leaving the page. */
export function readForm(event: FormEvent<HTMLFormElement>): Record<string, string> {
  event.preventDefault();
  return Object.fromEntries([...new FormData(event.currentTarget)].map(([name, value]) => [name, String(value)]));
}
