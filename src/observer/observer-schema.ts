import * as z from 'zod';
import type { ModelSettings } from '../model/model-settings.ts';
import { detectorsSchema } from './detectors/detector-settings.ts';
import { judgeLevels } from './review/judge-levels.ts';

/** The model that judge and adviser ask: plain values, so that they can be posted to the thread. */
export type JudgeModel = ModelSettings;

const fraction = z.number().min(0).max(1);
const wholeNumber = z.int().nonnegative();

const judgeSchema = z.object({
  level: z
    .enum(judgeLevels)
    .default('standard')
    .describe('How much the judge is asked: off, at the end of turns, by evidence as well, or thoroughly'),
  timeoutSeconds: z
    .number()
    .positive()
    .default(30)
    .describe('One call of the judge or the adviser; after it there is no verdict'),
  maxCalls: wholeNumber.default(40).describe('Calls of judge and adviser together in one run'),
  maxTokens: wholeNumber.default(200_000).describe('Input and output tokens of these calls together in one run'),
  maxCostUsd: z.number().nonnegative().default(1),
  idleSeconds: z
    .number()
    .positive()
    .default(5)
    .describe('On a local server with one slot: how long a tool must have run before the judge is asked meanwhile'),
});

/** Kept as the user wrote it, so that the defaults of each threshold stay in one place, and checked against that place. */
const detectorsInputSchema = z
  .record(z.string(), z.looseObject({ enabled: z.boolean().default(true) }))
  .superRefine((given, context) => {
    for (const name of Object.keys(given)) {
      if (name in detectorsSchema.unwrap().shape) continue;
      const names = Object.keys(detectorsSchema.unwrap().shape).join(', ');
      context.addIssue({ code: 'custom', path: [name], message: `is not a detector; there are ${names}` });
    }
    for (const { path, message } of detectorsSchema.safeParse(given).error?.issues ?? [])
      context.addIssue({ code: 'custom', path, message });
  })
  .default({});

const classSchema = z.object({
  enabled: z.boolean().default(true),
  confidence: fraction.optional().describe('From this confidence on a finding of a detector or the judge stands'),
});

/** The observer's part of the configuration: the one place of its defaults. */
export const observerSchema = z
  .object({
    mode: z.enum(['on', 'shadow', 'off']).default('on'),
    model: z
      .string()
      .min(1)
      .optional()
      .describe("The judge's model; a cheaper one of the same provider where not given"),
    policy: z
      .enum(['default', 'auto'])
      .default('default')
      .describe('auto: speaks only where earlier sessions show that it pays'),
    graceSteps: wholeNumber
      .default(2)
      .describe('First steps in which only hard loops and broken constraints lead to a reminder'),
    cooldownSteps: wholeNumber.default(5).describe('Steps between two reminders about different things'),
    finalWaitSeconds: z
      .number()
      .nonnegative()
      .default(20)
      .describe('How long the end of a turn waits for a review in flight'),
    maxReminders: wholeNumber.default(12).describe('Reminders in one run'),
    judge: judgeSchema.prefault({}),
    instructionFiles: z
      .enum(['remind', 'refuse'])
      .default('remind')
      .describe(
        'What a call leads to that breaks a constraint of an instruction file (AGENTS.md and the like); your own words always refuse',
      ),
    completionReport: z
      .boolean()
      .default(true)
      .describe('A table at the end of a task that asked for several things: what shows of each'),
    detectors: detectorsInputSchema.describe('By detector: enabled, and its own thresholds'),
    classes: z
      .record(z.string(), classSchema)
      .default({})
      .describe('By class: enabled, and the confidence from which it stands'),
  })
  .prefault({});

/** The observer's configuration after its defaults. */
export type ObserverConfig = z.output<typeof observerSchema>;
