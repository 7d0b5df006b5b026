import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from './api/http.ts';
import { PreferencesProvider } from './i18n/preferences.tsx';
import { createAppRouter } from './router.tsx';
import './styles/tokens.css';
import './styles/base.css';
import './styles/components.css';
import './styles/table.css';
import './styles/shell.css';
import './styles/dialog.css';
import './styles/reference.css';

/** Only what had no answer, or a fault of the service, is worth a second try. */
const isWorthRetry = (count: number, error: unknown): boolean =>
  count < 2 && error instanceof ApiError && (error.status === 0 || error.status >= 500);

const queries = new QueryClient({
  defaultOptions: { queries: { retry: isWorthRetry, staleTime: 10_000, refetchOnWindowFocus: false } },
});
const router = createAppRouter(queries);
const root = document.getElementById('root');
if (root === null) throw new Error('the document has no #root');

createRoot(root).render(
  <StrictMode>
    <PreferencesProvider>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </PreferencesProvider>
  </StrictMode>,
);
