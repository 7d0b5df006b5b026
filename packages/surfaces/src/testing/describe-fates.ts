import type { FieldFate } from '@aggregator/providers';
import { describe, expect, it } from '@jest/globals';
import type { ChatSurface } from '../chat-surface.ts';

export interface FateSample {
  /** A request without the field. */
  readonly base: object;
  /** The same with it. */
  readonly sample: object;
}

/** The table of a surface says what is so: each field goes over, or is dropped and named, or is refused. */
export function describeFates<Field extends string>(
  surface: ChatSurface,
  fields: readonly Field[],
  fates: Readonly<Record<Field, FieldFate>>,
  sampleOf: (field: Field) => FateSample,
): void {
  const translate = (body: object) => surface.toChat(body);

  describe(`${surface.name}: the table of fields`, () => {
    it('has every documented field, and no other', () => {
      expect(Object.keys(fates).sort()).toEqual([...fields].sort());
    });

    it.each(fields.map((field) => [field, fates[field]] as const))('is true of %s, which is %s', (field, fate) => {
      const { base, sample } = sampleOf(field);
      if (fate === 'refused') {
        expect(translate(sample).refusal).toMatchObject({ code: 'unsupported_parameter' });
        expect(translate(base).refusal).toBeNull();
        return;
      }
      const { droppedParams, ...translated } = translate(sample);
      const { droppedParams: _dropped, ...without } = translate(base);
      const isSame = JSON.stringify(translated.chat) === JSON.stringify(without.chat);
      const isKept = !isSame || JSON.stringify(translated.original) !== JSON.stringify(without.original);
      // A response repeats its request, also the tools that went no further.
      const isMapped = fate === 'mapped' && isKept;
      expect({ isNamed: droppedParams.includes(field), isSame: fate === 'dropped' && isSame, isMapped }).toEqual({
        isNamed: fate === 'dropped',
        isSame: fate === 'dropped',
        isMapped: fate === 'mapped',
      });
      if (fate === 'dropped') expectStrictRefusal(surface, sample);
    });
  });
}

function expectStrictRefusal(surface: ChatSurface, sample: object): void {
  expect(surface.toChat({ ...sample, strict: true }).refusal).toMatchObject({ code: 'unsupported_parameter' });
}
