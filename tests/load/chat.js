// The everyday load: chat completions, every other one streamed. VUS callers ask one after the other for DURATION.
//   k6 run -e API_KEY=… -e VUS=20 -e DURATION=1m tests/load/chat.js
import { askPlain, askStream } from './ask.js';
import { count, requireApiKey, seconds } from './bounds.js';

export const options = {
  vus: count('VUS', 10, 500),
  duration: `${seconds('DURATION', '30s', 1800)}s`,
  thresholds: {
    http_req_failed: ['rate==0'],
    checks: ['rate==1'],
    'http_req_duration{kind:plain}': [`p(95)<${count('PLAIN_P95_MS', 2000, 120_000)}`],
    'http_req_waiting{kind:stream}': [`p(95)<${count('FIRST_BYTE_P95_MS', 1000, 120_000)}`],
  },
};

export const setup = requireApiKey;

export default function askTwice() {
  askPlain('How much is two and two?');
  askStream('Tell a story.');
}
