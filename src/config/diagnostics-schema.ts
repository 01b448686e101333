import * as z from 'zod';

const positive = z.number().positive();

/** What looks at the files that the agent edits, in a repository that the user trusts. */
export const diagnosticsSchema = z
  .object({
    enabled: z.boolean().default(true).describe('false: no language server is started and no checker run'),
    servers: z
      .record(
        z.string(),
        z.object({
          command: z
            .array(z.string())
            .describe('Program and arguments, e.g. ["pylsp"]; an empty list switches a known server off'),
          languages: z
            .record(z.string(), z.string())
            .default({})
            .describe('Language names of the protocol by file extension, e.g. { "py": "python" }'),
          initializationOptions: z.looseObject({}).optional(),
        }),
      )
      .default({})
      .describe(
        'Further language servers, before those that are known: typescript, pyright, basedpyright, gopls, rust-analyzer, clangd',
      ),
    check: z
      .object({
        command: z
          .string()
          .min(1)
          .describe('Shell line that prints errors as path:line:column; {files} stands for the edited files'),
        extensions: z.array(z.string()).default([]).describe('Files that it is for; all where none is named'),
        timeoutSeconds: positive.default(60),
      })
      .optional()
      .describe("The repository's own checker, run in the background after edits"),
  })
  .prefault({});
