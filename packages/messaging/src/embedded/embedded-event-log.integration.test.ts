import { describeEmbeddedEventLog } from './testing/describe-embedded-event-log.ts';

describeEmbeddedEventLog();
