import * as z from 'zod';
import { detectorsSchema } from '../observer/detectors/detector-settings.ts';
import { isPlain } from './layers.ts';

/** A key that the schema has no place for. `isOpen`: other programs' keys are allowed in addition to the `known` ones. */
export type UnknownKey = {
  readonly path: readonly (string | number)[];
  readonly known: readonly string[];
  readonly isOpen: boolean;
};

/** The keys of values as they were written that the schema does not know, in lists as well. */
export function unknownKeys(values: unknown, schema: z.ZodType): UnknownKey[] {
  return findUnknown(values, schema, []).filter(({ path }) => path.join('.') !== '$schema');
}

/** The keys that an object at a path may have; none where they are free. */
export function knownKeys(path: readonly PropertyKey[], root: z.ZodType): readonly string[] {
  let place: unknown = root;
  for (const [depth, part] of path.entries()) place = schemaBelow(place, path.slice(0, depth), part);
  const schema = bare(place, path);
  if (schema instanceof z.ZodObject) return Object.keys(schema.shape);
  // A record whose keys are a fixed set, as those of `ui.keys`.
  return schema instanceof z.ZodRecord && schema.keyType instanceof z.ZodEnum ? schema.keyType.options.map(String) : [];
}

function findUnknown(value: unknown, place: unknown, path: readonly (string | number)[]): UnknownKey[] {
  const schema = bare(place, path);
  if (Array.isArray(value))
    return value.flatMap((each, index) => findUnknown(each, schemaBelow(schema, path, index), [...path, index]));
  if (!isPlain(value)) return [];
  return Object.entries(value).flatMap(([key, each]) => {
    if (!(schema instanceof z.ZodObject) || Object.hasOwn(schema.shape, key))
      return findUnknown(each, schemaBelow(schema, path, key), [...path, key]);
    return [
      { path: [...path, key], known: Object.keys(schema.shape), isOpen: schema.def.catchall instanceof z.ZodUnknown },
    ];
  });
}

function schemaBelow(place: unknown, path: readonly PropertyKey[], key: PropertyKey): unknown {
  const schema = bare(place, path);
  if (schema instanceof z.ZodObject) return Object.hasOwn(schema.shape, key) ? schema.shape[String(key)] : undefined;
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** Without its wrappers: defaults, `optional`. The detectors' thresholds are kept as they were written, and known in another place. */
function bare(place: unknown, path: readonly PropertyKey[]): unknown {
  let schema = path.join('.') === 'observer.detectors' ? detectorsSchema : place;
  while (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodExactOptional ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault
  )
    schema = schema.unwrap();
  return schema;
}
