import type { RequestHandler } from 'express';

/** The page at `/`: says that the door is open, and how to walk through it. Holds no script and no key. */
export const showWelcome: RequestHandler = (request, response) => {
  const host = (request.headers.host ?? 'localhost:3000').replace(/[^A-Za-z0-9.:[\]-]/g, '');
  response.setHeader('content-security-policy', "default-src 'none'; style-src 'unsafe-inline'");
  response.type('html').send(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>AI Aggregator</title>
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 44rem; margin: 12vh auto; padding: 0 1.5rem; color: #1c1c1c; background: #fcfcfa }
  pre { background: #1c2430; color: #e8edf4; padding: 1rem 1.25rem; border-radius: 8px; overflow-x: auto }
  .ready { color: #1a7f4b }
</style>
<h1>AI Aggregator</h1>
<p class="ready">Ready. This is an OpenAI-compatible API: point any OpenAI SDK at <code>http://${host}/v1</code>.</p>
<pre>export AGGREGATOR_KEY=agk_live_…   # printed at start, and kept in var/standalone.json

curl -N http://${host}/v1/chat/completions \\
  -H "Authorization: Bearer $AGGREGATOR_KEY" \\
  -H "Content-Type: application/json" \\
  -d '{"model":"mock-small","stream":true,"messages":[{"role":"user","content":"Hello"}]}'</pre>
<p>Then ask what it cost: <code>GET /v1/billing/balance</code>, <code>GET /v1/billing/transactions</code>, <code>GET /v1/analytics/dashboard</code>.</p>
</html>
`);
};
