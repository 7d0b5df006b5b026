// Long streams that must outlive what happens meanwhile: a rollout, a scale-down, a pod that is deleted. Each of VUS callers
// keeps one stream open at a time for DURATION; the one that is open then may still end. Each must end with [DONE].
//   k6 run -e API_KEY=… -e VUS=50 -e DURATION=5m -e MODEL=slow/mock-small tests/load/streams.js
// How slow a stream is, is its provider's matter: spec.mock.tokenInterval of a Provider of type Mock.
import { askStream } from './ask.js';
import { count, requireApiKey, seconds } from './bounds.js';

export const options = {
  scenarios: {
    streams: {
      executor: 'constant-vus',
      vus: count('VUS', 50, 2000),
      duration: `${seconds('DURATION', '2m', 3600)}s`,
      gracefulStop: '180s',
    },
  },
  thresholds: { http_req_failed: ['rate==0'], checks: ['rate==1'] },
};

export const setup = requireApiKey;

export default function keepOpen() {
  askStream('Tell a long story.');
}
