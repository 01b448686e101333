import * as z from 'zod';
import { type KeyAction, keyActions, problemOfKeys } from '../core/screen/key-actions.ts';
import { roles, themeNames } from '../core/screen/theme-roles.ts';

const positive = z.number().positive();
const keyBinding = z.union([z.string(), z.array(z.string())]);
const keysSchema = z
  .partialRecord(z.enum(Object.keys(keyActions) as [KeyAction, ...KeyAction[]]), keyBinding)
  .superRefine((bindings, context) => {
    const problem = problemOfKeys(bindings);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  })
  .default({});

const themeSchema = z.object({
  base: z.enum(themeNames).default('dark').describe('The theme whose colours hold where none is given'),
  colours: z
    .partialRecord(z.enum(roles), z.string().regex(/^#[0-9a-fA-F]{6}$/, 'a colour like #7daeff'))
    .default({})
    .describe('Colours by what they mean'),
});

/** The screen's part of the configuration. */
export const uiSchema = z
  .object({
    theme: z
      .string()
      .default('auto')
      .describe('auto (by the background), dark, light, contrast, colour-blind, plain, or one of "themes"'),
    themes: z
      .record(z.string().regex(/^[\w-]{1,40}$/), themeSchema)
      .default({})
      .describe('Themes of your own by name'),
    notify: z.boolean().default(true).describe('Tell the terminal when it needs you or is done and has no focus'),
    suggestLessons: z
      .boolean()
      .default(true)
      .describe('After a correction that sounds like a lasting rule: offer to keep it (/learn), once'),
    statusLine: z
      .looseObject({
        command: z.string().min(1),
        sandbox: z
          .boolean()
          .optional()
          .describe(
            'false: with all your rights, also when its script lies in the workspace; true: always in the sandbox',
          ),
        timeoutMs: positive.default(1000).describe('After it the command is ended and the line stays as it was'),
      })
      .optional()
      .describe('A command that gets facts of the session as JSON on stdin and prints one line'),
    vim: z.boolean().default(false).describe("The composer has vim's modes (/vim switches them)"),
    keys: keysSchema.describe('Other keys by action, e.g. { "transcript": "ctrl+x" }'),
    updateNotice: z
      .boolean()
      .default(false)
      .describe('Ask the npm registry once a day whether there is a newer version, and say so at the start'),
    reducedMotion: z.boolean().default(false),
    accessible: z.boolean().default(false).describe('Plain lines that a screen reader says once, nothing is redrawn'),
  })
  .superRefine(({ theme, themes }, context) => {
    if (theme === 'auto' || Object.hasOwn(themes, theme) || themeNames.some((name) => name === theme)) return;
    const names = ['auto', ...themeNames, ...Object.keys(themes)].join(', ');
    context.addIssue({ code: 'custom', path: ['theme'], message: `is not a theme; there are ${names}` });
  })
  .prefault({});
