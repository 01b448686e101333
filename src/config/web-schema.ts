import * as z from 'zod';

/** What of the web the model may have. */
export const webSchema = z
  .object({
    enabled: z.boolean().default(true).describe('false: the model has neither web_fetch nor web_search'),
    privateHosts: z
      .array(
        z
          .string()
          .min(1)
          .regex(/^[^/@\s]+(\/\d{1,3})?$/, 'a host, host:port, address or range such as 10.0.0.0/8'),
      )
      .default([])
      .describe(
        'What web_fetch may reach of this machine and private networks, e.g. localhost:3000, *.intern, 10.0.0.0/8',
      ),
    search: z
      .object({
        provider: z.enum(['brave', 'tavily', 'exa', 'searxng']),
        baseUrl: z
          .url({ protocol: /^https?$/ })
          .optional()
          .describe('Needed for searxng: your own instance'),
        keyVariable: z.string().min(1).optional().describe('Environment variable that holds the key'),
        keyCommand: z.string().min(1).optional().describe('Command that prints the key'),
      })
      .optional()
      .describe('The service that web_search asks; there is no web_search without one'),
  })
  .prefault({});
