import { z } from 'zod';

const fraction = z.number().min(0).max(1);

/** The observer's part of the configuration. */
export const observerSchema = z
  .object({
    mode: z.enum(['on', 'shadow', 'off']).default('on'),
    model: z
      .string()
      .min(1)
      .optional()
      .describe("The judge's model; a cheaper one of the same provider where not given"),
    policy: z.enum(['default', 'auto']).default('default'),
    graceSteps: z.int().nonnegative().default(2),
    cooldownSteps: z.int().nonnegative().default(5),
    judge: z
      .object({
        timeoutSeconds: z.number().positive().default(30),
        maxCalls: z.int().nonnegative().default(40),
        maxTokens: z.int().nonnegative().default(200_000),
        maxCostUsd: z.number().nonnegative().default(1),
      })
      .prefault({}),
    finalWaitSeconds: z.number().nonnegative().default(20),
    maxReminders: z.int().nonnegative().default(12),
    detectors: z.record(z.string(), z.looseObject({ enabled: z.boolean().default(true) })).default({}),
    classes: z
      .record(z.string(), z.object({ enabled: z.boolean().default(true), confidence: fraction.optional() }))
      .default({}),
  })
  .prefault({});
