// Load that grows to VUS callers, stays, and goes: what an autoscaler should follow both ways without one failed request.
// A third of DURATION each.
//   k6 run -e API_KEY=… -e VUS=100 -e DURATION=6m tests/load/ramp.js
import { askPlain, askStream } from './ask.js';
import { count, requireApiKey, seconds } from './bounds.js';

const vus = count('VUS', 100, 2000);
const third = `${Math.ceil(seconds('DURATION', '6m', 3600) / 3)}s`;

export const options = {
  scenarios: {
    ramp: {
      executor: 'ramping-vus',
      startVUs: 1,
      stages: [
        { duration: third, target: vus },
        { duration: third, target: vus },
        { duration: third, target: 0 },
      ],
      gracefulRampDown: '180s',
      gracefulStop: '180s',
    },
  },
  thresholds: { http_req_failed: ['rate==0'], checks: ['rate==1'] },
};

export const setup = requireApiKey;

export default function ask() {
  if (__ITER % 2 === 0) askPlain('How much is two and two?');
  else askStream('Tell a story.');
}
