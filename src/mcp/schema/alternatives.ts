import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { findReference, type SchemaScope } from './scope.ts';

/** The alternatives of `anyOf` and `oneOf`, without those that allow only null or nothing. */
export function formsOf(given: JsonObject): unknown[] {
  const listed = [given.anyOf, given.oneOf].flatMap((forms) => (Array.isArray(forms) ? forms : []));
  return listed.filter((form) => form !== false && form !== null && !(isObject(form) && form.type === 'null'));
}

export function referenceOf(given: JsonObject): string | undefined {
  for (const key of ['$ref', '$dynamicRef', '$recursiveRef']) if (typeof given[key] === 'string') return given[key];
  return undefined;
}

/** A form with its references followed, so that its properties can be seen. One that is being followed already stays as it is. */
export function resolveForm(
  form: unknown,
  scope: SchemaScope,
  open: readonly string[],
): { form: unknown; open: readonly string[] } {
  let followed = open;
  let current = form;
  while (isObject(current)) {
    const reference = referenceOf(current);
    const target = reference === undefined ? undefined : findReference(reference, scope.root);
    if (reference === undefined || followed.includes(reference) || !isObject(target)) break;
    followed = [...followed, reference];
    const { $ref: _ref, $dynamicRef: _dynamic, $recursiveRef: _recursive, ...siblings } = current;
    current = { ...target, ...siblings };
  }
  return { form: current, open: followed };
}

/**
 * One object of all the forms of `anyOf`, `oneOf` and `allOf`: every property that any of them has, and as required what none of
 * them goes without. `alternatives` says in words what each form wants.
 */
export function mergeForms(
  given: JsonObject,
  scope: SchemaScope,
  open: readonly string[],
): { merged: JsonObject; alternatives: string[] } {
  const { form, open: followed } = resolveForm(given, scope, open);
  const whole = isObject(form) ? form : given;
  const { anyOf: _any, oneOf: _one, allOf, $ref: _ref, ...base } = whole;
  const flatten = (each: unknown): JsonObject[] => flattenForm(each, scope, followed);
  const parts = (Array.isArray(allOf) ? allOf : []).flatMap(flatten);
  const forms = formsOf(whole).flatMap(flatten);
  const all = [base, ...parts];
  const merged: JsonObject = Object.assign({}, ...[...forms, ...parts].map(withoutProperties), base);
  const properties = mergeProperties([...all, ...forms]);
  if (properties !== undefined) merged.properties = properties;
  merged.required = unique([...all.flatMap(requiredOf), ...commonOf(forms.map(requiredOf))]);
  return { merged, alternatives: unique(forms.map(requiredOf).filter((names) => names.length > 0)).map(nameAll) };
}

function flattenForm(given: unknown, scope: SchemaScope, open: readonly string[]): JsonObject[] {
  const { form, open: followed } = resolveForm(given, scope, open);
  if (!isObject(form) || --scope.nodes < 0) return [];
  const hasForms = formsOf(form).length > 0 || Array.isArray(form.allOf);
  return [hasForms ? mergeForms(form, scope, followed).merged : form];
}

function commonOf(lists: readonly (readonly string[])[]): string[] {
  const [first = [], ...rest] = lists;
  return first.filter((name) => rest.every((names) => names.includes(name)));
}

function nameAll(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(' and ');
}

function withoutProperties({ properties: _properties, required: _required, ...rest }: JsonObject): JsonObject {
  return rest;
}

export function requiredOf(schema: JsonObject): string[] {
  return Array.isArray(schema.required) ? schema.required.filter((name) => typeof name === 'string') : [];
}

function mergeProperties(schemas: readonly JsonObject[]): JsonObject | undefined {
  const found = new Map<string, unknown[]>();
  for (const { properties } of schemas)
    if (isObject(properties))
      for (const [name, schema] of Object.entries(properties)) found.set(name, [...(found.get(name) ?? []), schema]);
  if (found.size === 0) return undefined;
  return Object.fromEntries(
    [...found].map(([name, forms]) => {
      const different = unique(forms);
      return [name, different.length === 1 ? different[0] : { anyOf: different }];
    }),
  );
}

/** Each value once, compared as JSON. */
export function unique<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
