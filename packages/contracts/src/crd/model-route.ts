import { z } from 'zod';
import { className, conditions, namespaceName, objectName, programmed } from './conditions.ts';

/** The `ModelRoute` custom resource: a public model name that stands for models of providers. */

const target = z.object({
  providerRef: z.object({
    name: objectName,
    namespace: namespaceName.optional().describe('Another one needs allowedRoutes of the provider to admit this one.'),
  }),
  model: z.string().min(1).max(128).optional().describe("The provider's own name; the route's where left out."),
  weight: z.int().min(0).max(1000).default(1),
  priority: z.int().min(0).max(100).default(0).describe('Lowest first.'),
});

export const modelRouteSpec = z
  .object({
    className,
    model: z
      .string()
      .min(1)
      .max(128)
      .regex(/^[A-Za-z0-9][A-Za-z0-9._:-]{0,127}$/)
      .describe('What clients send. Without a slash, so that it never hides <provider>/<model>.'),
    strategy: z
      .enum(['Weighted', 'LowestLatency', 'LowestPrice'])
      .default('Weighted')
      .describe('Among the targets of one priority.'),
    sticky: z.boolean().default(false),
    resume: z
      .enum(['Never', 'Prefill', 'Verified'])
      .default('Verified')
      .describe('What may become of a stream that breaks; not Off, which YAML takes for false.'),
    failOverOnPolicy: z.boolean().default(false),
    targets: z.array(target).min(1).max(32),
  })
  .meta({
    'x-kubernetes-validations': [
      { rule: 'self.className == oldSelf.className', message: 'className is immutable' },
      {
        rule: "self.strategy != 'Weighted' || self.targets.exists(t, t.weight > 0)",
        message: 'strategy Weighted needs at least one weight above 0',
      },
    ],
  });
export type ModelRouteSpec = z.infer<typeof modelRouteSpec>;

export const modelRouteStatus = z.object({
  observedGeneration: z.int().min(0).optional(),
  conditions: conditions.optional(),
  programmed: programmed.optional(),
});
export type ModelRouteStatus = z.infer<typeof modelRouteStatus>;

export const modelRouteConditionTypes = ['Accepted', 'ResolvedRefs', 'Programmed', 'Ready'] as const;
