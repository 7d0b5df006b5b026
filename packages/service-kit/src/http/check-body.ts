export { checkBody } from '@aggregator/contracts';
