import { Link, Outlet, useLocation, useNavigate } from '@tanstack/react-router';
import { useEffect, useRef, useState } from 'react';
import { useProfile } from '../api/queries.ts';
import { session } from '../api/session.ts';
import { PreferencePickers } from '../components/preference-pickers.tsx';
import { useWords } from '../i18n/preferences.tsx';
import icon from '../icon.svg';
import { navigationFor } from './navigation.ts';
import { navigationWords } from './navigation-words.ts';
import { OrganizationPicker } from './organization-picker.tsx';
import { shellWords } from './shell-words.ts';

/** The frame of every page of a person who is signed in. */
export function Shell() {
  const t = useWords(shellWords);
  const [isOpen, setOpen] = useState(false);
  const content = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  const navigate = useNavigate();

  useEffect(
    () =>
      session.subscribe(() => {
        if (session.state === 'out') void navigate({ to: '/sign-in' });
      }),
    [navigate],
  );
  const before = useRef(pathname);
  useEffect(() => {
    if (before.current === pathname) return;
    before.current = pathname;
    setOpen(false);
    content.current?.focus({ preventScroll: true });
  }, [pathname]);

  return (
    <>
      <a className="skip-link" href="#content">
        {t('skip')}
      </a>
      <div className="shell">
        <header className="top-bar">
          <Brand />
          <button type="button" className="button small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
            {t('menu')}
          </button>
        </header>
        <aside className="side" data-open={isOpen}>
          <Brand />
          <OrganizationPicker />
          <Navigation label={t('navigation')} />
          <div className="foot">
            <Who />
            <div className="row">
              <PreferencePickers />
            </div>
            <div>
              <button type="button" className="button small" onClick={() => void session.signOut()}>
                {t('signOut')}
              </button>
            </div>
          </div>
        </aside>
        <main className="main" id="content" tabIndex={-1} ref={content}>
          <Outlet />
        </main>
      </div>
    </>
  );
}

function Brand() {
  return (
    <Link to="/overview" className="brand">
      <img src={icon} alt="" width="24" height="24" />
      AI Aggregator
    </Link>
  );
}

function Navigation({ label }: { label: string }) {
  const t = useWords(navigationWords);
  return (
    <nav aria-label={label}>
      {navigationFor(useProfile()).map(({ word, entries }) => (
        <div key={word}>
          <h2>{t(word)}</h2>
          <ul>
            {entries.map(({ to, word: name }) => (
              <li key={to}>
                <Link to={to} activeProps={{ 'aria-current': 'page' }}>
                  {t(name)}
                </Link>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </nav>
  );
}

function Who() {
  const user = useProfile();
  return (
    <p className="soft" title={user?.email}>
      {user?.name ?? '…'}
    </p>
  );
}
