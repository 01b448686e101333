import * as z from 'zod';
import { configSchema } from './schema.ts';

/** The JSON schema of a configuration file, as published in docs/config.schema.json. */
export function configJsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return {
    ...schema,
    title: 'wink-agent configuration',
    properties: { $schema: { type: 'string' }, ...schema.properties },
    additionalProperties: false,
  };
}
