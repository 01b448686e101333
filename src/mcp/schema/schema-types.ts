import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

export type SchemaType = 'string' | 'number' | 'integer' | 'boolean' | 'object' | 'array';

/** What servers write in place of the six names, Python's and Java's types among them. */
const typeNames: Readonly<Record<string, SchemaType>> = {
  string: 'string',
  str: 'string',
  text: 'string',
  date: 'string',
  datetime: 'string',
  uuid: 'string',
  uri: 'string',
  url: 'string',
  enum: 'string',
  number: 'number',
  float: 'number',
  double: 'number',
  decimal: 'number',
  integer: 'integer',
  int: 'integer',
  long: 'integer',
  boolean: 'boolean',
  bool: 'boolean',
  object: 'object',
  dict: 'object',
  map: 'object',
  record: 'object',
  array: 'array',
  list: 'array',
  tuple: 'array',
  set: 'array',
};

/** The types that a schema names itself, without `null` and without names that mean nothing. */
export function namedTypes(schema: JsonObject): SchemaType[] {
  const given = Array.isArray(schema.type) ? schema.type : [schema.type];
  const known = given.flatMap((each) => {
    const type = typeof each === 'string' ? typeNames[each.trim().toLowerCase()] : undefined;
    return type === undefined ? [] : [type];
  });
  const types = [...new Set(known)];
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}

/** The type that a schema without one must have by its other keywords; undefined when they say nothing. */
export function inferType(schema: JsonObject): SchemaType | undefined {
  const has = (...keys: string[]) => keys.some((key) => schema[key] !== undefined && schema[key] !== null);
  if (has('properties', 'additionalProperties', 'patternProperties', 'minProperties')) return 'object';
  if (has('items', 'prefixItems', 'minItems', 'maxItems', 'uniqueItems', 'contains')) return 'array';
  const values = enumValues(schema);
  if (values.length > 0) return commonType(values);
  if (has('pattern', 'format', 'minLength', 'maxLength')) return 'string';
  if (has('minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf')) return 'number';
  return schema.default === undefined ? undefined : typeOfValue(schema.default);
}

/** The values that `enum` and `const` allow, without null. */
export function enumValues(schema: JsonObject): unknown[] {
  const listed = Array.isArray(schema.enum) ? schema.enum : [];
  const values = schema.const === undefined ? listed : [schema.const];
  return [...new Set(values)].filter((value) => value !== null);
}

function commonType(values: readonly unknown[]): SchemaType | undefined {
  const types = new Set(values.map(typeOfValue));
  return types.size === 1 ? [...types][0] : undefined;
}

export function typeOfValue(value: unknown): SchemaType | undefined {
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  if (Array.isArray(value)) return 'array';
  return isObject(value) ? 'object' : undefined;
}
