import { clip } from '../../core/text/clip.ts';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { formsOf, mergeForms, referenceOf, requiredOf, resolveForm, unique } from './alternatives.ts';
import { enumValues, inferType, namedTypes, type SchemaType, typeOfValue } from './schema-types.ts';
import { acceptName, findReference, type SchemaScope } from './scope.ts';

const maxDescriptionLength = 1_000;
const maxDefaultLength = 200;
const maxValues = 200;

/** One schema below the top. `open` holds the references that are being followed, so that a form that holds itself ends. */
export function repairNode(given: unknown, scope: SchemaScope, depth: number, open: readonly string[]): JsonObject {
  if (!isObject(given)) {
    scope.repairs.add(given === null || given === undefined ? 'a property without a schema' : 'a boolean for a schema');
    return anything();
  }
  const reference = referenceOf(given);
  if (reference !== undefined) return repairReference(given, reference, scope, depth, open);
  if (--scope.nodes < 0 || depth > scope.deepest) return outline(given, scope);
  const hasForms = formsOf(given).length > 0 || Array.isArray(given.allOf);
  const node = hasForms ? repairForms(given, scope, depth, open) : repairTypes(given, scope, depth, open);
  return describe(node, given, scope);
}

/** A value of any kind, in words that no provider refuses: an empty schema is one that some do. */
function anything(): JsonObject {
  const list = { type: 'array', items: { type: 'string' } };
  const types = ['string', 'number', 'boolean'].map((type) => ({ type }));
  return { anyOf: [...types, { type: 'object', properties: {} }, list] };
}

/** A schema whose inside is too deep or too large to be given. */
function outline(given: JsonObject, scope: SchemaScope): JsonObject {
  const type = namedTypes(given)[0] ?? inferType(given);
  if (type === undefined) return anything();
  if (type === 'array') return { type, items: { type: 'string' } };
  return describe(type === 'object' ? { type, properties: {} } : { type }, given, scope);
}

function repairReference(
  given: JsonObject,
  reference: string,
  scope: SchemaScope,
  depth: number,
  open: readonly string[],
): JsonObject {
  const { $ref: _ref, $dynamicRef: _dynamic, $recursiveRef: _recursive, ...siblings } = given;
  const target = findReference(reference, scope.root);
  if (target === undefined) {
    scope.repairs.add('a reference that leads nowhere');
    return describe(
      Object.keys(siblings).length > 0 ? repairNode(siblings, scope, depth, open) : anything(),
      given,
      scope,
    );
  }
  if (open.includes(reference) || (reference === '#' && depth > 0)) {
    scope.repairs.add('a form that holds itself');
    return outline(isObject(target) ? { ...target, ...siblings } : siblings, scope);
  }
  const merged = isObject(target) ? { ...target, ...siblings } : target;
  return repairNode(merged, scope, depth, [...open, reference]);
}

function repairForms(given: JsonObject, scope: SchemaScope, depth: number, open: readonly string[]): JsonObject {
  const { anyOf: _any, oneOf: _one, ...base } = given;
  const forms = formsOf(given);
  const isOneObject = Array.isArray(given.allOf) || isObject(given.properties);
  if (forms.length < 2 || isOneObject) {
    const { merged } = mergeForms(given, scope, open);
    return repairTypes(merged, scope, depth, open);
  }
  const kept = forms.map((form) => resolveForm(form, scope, open).form);
  const values = kept.flatMap((form) => (isObject(form) ? enumValues(form) : []));
  const isChoice = kept.every((form) => isObject(form) && enumValues(form).length > 0);
  if (isChoice && values.every((value) => typeof value === 'string'))
    return repairTypes({ ...base, type: 'string', enum: values }, scope, depth, open);
  const repaired = unique(forms.map((form) => repairNode(form, scope, depth + 1, open)));
  return repaired.length === 1 ? (repaired[0] ?? anything()) : { anyOf: repaired };
}

function repairTypes(given: JsonObject, scope: SchemaScope, depth: number, open: readonly string[]): JsonObject {
  const named = namedTypes(given);
  const inferred = named.length === 0 ? inferType(given) : undefined;
  const types = inferred === undefined ? named : [inferred];
  if (named.length === 0 && given.enum === undefined && given.const === undefined)
    scope.repairs.add('a property without a type');
  const forms = types.map((type) => repairTyped(type, given, scope, depth, open));
  if (forms.length === 0) return anything();
  return forms.length === 1 ? forms[0]! : { anyOf: forms };
}

function repairTyped(
  type: SchemaType,
  given: JsonObject,
  scope: SchemaScope,
  depth: number,
  open: readonly string[],
): JsonObject {
  switch (type) {
    case 'string':
      return { type, ...stringKeywords(given), ...defaultOf(type, given) };
    case 'number':
    case 'integer':
      return {
        type,
        ...numbersOf(given, ['minimum', 'maximum']),
        ...exclusiveBounds(type, given),
        ...defaultOf(type, given),
      };
    case 'boolean':
      return { type, ...defaultOf(type, given) };
    case 'array':
      return { type, items: repairItems(given, scope, depth, open), ...numbersOf(given, ['minItems', 'maxItems']) };
    case 'object':
      return { type, ...repairProperties(given, scope, depth, open) };
    default:
      return type satisfies never;
  }
}

function stringKeywords(given: JsonObject): JsonObject {
  const values = enumValues(given).filter((value) => typeof value === 'string' && value !== '');
  const { format, pattern } = given;
  return {
    ...(values.length > 0 && values.length <= maxValues ? { enum: values } : {}),
    ...(format === 'date-time' ? { format } : {}),
    ...(typeof pattern === 'string' && isPlainPattern(pattern) ? { pattern } : {}),
    ...numbersOf(given, ['minLength', 'maxLength']),
  };
}

/** Look-around and named groups are refused by those who compile patterns to grammars. */
function isPlainPattern(pattern: string): boolean {
  if (pattern.includes('(?') || pattern.length > 200) return false;
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function numbersOf(given: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(keys.filter((key) => Number.isFinite(given[key])).map((key) => [key, given[key]]));
}

/** Whole numbers have a next one; for others the bound itself is near enough. */
function exclusiveBounds(type: SchemaType, given: JsonObject): JsonObject {
  const step = type === 'integer' ? 1 : 0;
  const { exclusiveMinimum: low, exclusiveMaximum: high } = given;
  return {
    ...(typeof low === 'number' && given.minimum === undefined ? { minimum: low + step } : {}),
    ...(typeof high === 'number' && given.maximum === undefined ? { maximum: high - step } : {}),
  };
}

function defaultOf(type: SchemaType, given: JsonObject): JsonObject {
  const value = given.default;
  const fits = typeOfValue(value) === type || (type === 'number' && typeof value === 'number');
  return fits && JSON.stringify(value).length <= maxDefaultLength ? { default: value } : {};
}

function repairItems(given: JsonObject, scope: SchemaScope, depth: number, open: readonly string[]): JsonObject {
  const { items, prefixItems } = given;
  const tuple = [Array.isArray(items) ? items : [], Array.isArray(prefixItems) ? prefixItems : []].flat();
  if (tuple.length > 0) {
    const forms = unique(tuple.map((each) => repairNode(each, scope, depth + 1, open)));
    return forms.length === 1 ? (forms[0] ?? anything()) : { anyOf: forms };
  }
  if (isObject(items)) return repairNode(items, scope, depth + 1, open);
  scope.repairs.add('a list without items');
  return { type: 'string' };
}

function repairProperties(given: JsonObject, scope: SchemaScope, depth: number, open: readonly string[]): JsonObject {
  const properties = isObject(given.properties) ? given.properties : {};
  const names = Object.keys(properties);
  const entries = Object.entries(properties).filter(([, schema]) => schema !== false);
  const kept = entries.map(([name, schema]): [string, JsonObject] => [
    acceptName(name, names, scope),
    repairNode(schema, scope, depth + 1, open),
  ]);
  // Draft 3 says `required: true` in the property itself.
  const marked = entries.filter(([, schema]) => isObject(schema) && schema.required === true).map(([name]) => name);
  const wanted = [...requiredOf(given), ...marked].filter((name) => entries.some(([known]) => known === name));
  const required = [...new Set(wanted)].map((name) => acceptName(name, names, scope));
  const { additionalProperties: rest } = given;
  const isMap = isObject(rest) && Object.keys(rest).length > 0;
  return {
    properties: Object.fromEntries(kept),
    ...(required.length > 0 ? { required } : {}),
    ...(isMap ? { additionalProperties: repairNode(rest, scope, depth + 1, open) } : {}),
  };
}

/** The description, with what the schema says and this form can't: other formats, values that are not texts. */
function describe(node: JsonObject, given: JsonObject, scope: SchemaScope): JsonObject {
  if (!scope.hasDescriptions) return node;
  const words = typeof given.description === 'string' ? [given.description] : [];
  if (typeof given.format === 'string' && node.type === 'string' && node.format === undefined)
    words.push(`Format: ${given.format}.`);
  const values = enumValues(given);
  if (values.length > 0 && node.enum === undefined && node.anyOf === undefined)
    words.push(`One of ${clip(values.map((value) => JSON.stringify(value)).join(', '), 600, () => '')}.`);
  if (words.length === 0) return node;
  return { ...node, description: clip(words.join(' '), maxDescriptionLength, () => '') };
}
