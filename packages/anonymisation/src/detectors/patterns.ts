import { readPrivacyPattern } from '@aggregator/contracts';
import { type Detector, matchDetector } from './detector.ts';

/** No letter or digit on both sides of an end of the match. */
const edge = '(?:(?<![\\p{L}\\p{N}])|(?![\\p{L}\\p{N}]))';

/** One of the policy's patterns, as whole words. Throws RangeError for one that the policy's schema would have refused. */
export function createPatternDetector(pattern: string): Detector {
  const reading = readPrivacyPattern(pattern);
  if ('fault' in reading) throw new RangeError(`a pattern ${reading.fault}`);
  const body = reading.elements.map(({ source, min, max }) => `${source}{${min},${max}}`).join('');
  return matchDetector('pattern', new RegExp(`${edge}${body}${edge}`, 'gu'));
}
