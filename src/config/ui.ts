import * as z from 'zod';
import { type KeyAction, keyActions, problemOfKeys } from '../core/key-actions.ts';

const positive = z.number().positive();
const keyBinding = z.union([z.string(), z.array(z.string())]);
const keysSchema = z
  .partialRecord(z.enum(Object.keys(keyActions) as [KeyAction, ...KeyAction[]]), keyBinding)
  .superRefine((bindings, context) => {
    const problem = problemOfKeys(bindings);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .default({});

/** The screen's part of the configuration. */
export const uiSchema = z
  .object({
    theme: z.enum(['auto', 'dark', 'light', 'contrast', 'colour-blind', 'plain']).default('auto'),
    notify: z.boolean().default(true).describe('Tell the terminal when it needs you or is done and has no focus'),
    suggestLessons: z
      .boolean()
      .default(true)
      .describe('After a correction that sounds like a lasting rule: offer to keep it (/learn), once'),
    statusLine: z
      .looseObject({
        command: z.string().min(1),
        timeoutMs: positive.default(1000).describe('After it the command is ended and the line stays as it was'),
      })
      .optional()
      .describe('A command that gets facts of the session as JSON on stdin and prints one line'),
    vim: z.boolean().default(false).describe("The composer has vim's modes (/vim switches them)"),
    keys: keysSchema.describe('Other keys by action, e.g. { "transcript": "ctrl+x" }'),
    reducedMotion: z.boolean().default(false),
    accessible: z.boolean().default(false).describe('Plain lines that a screen reader says once, nothing is redrawn'),
  })
  .prefault({});
