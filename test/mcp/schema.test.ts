import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isObject } from '../../src/core/text/json.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { fitSchema } from '../../src/mcp/schema/fit-schema.ts';

const types = ['string', 'number', 'integer', 'boolean', 'object', 'array'];
const known = new Set(
  'type description enum properties required items anyOf additionalProperties default format pattern minimum maximum minLength maxLength minItems maxItems'.split(
    ' ',
  ),
);

/** What the strictest of the providers would refuse, as paths; empty for a schema that all of them take. */
function complaints(schema: unknown, path = '', isTop = true): string[] {
  if (!isObject(schema)) return [`${path}: no object`];
  const found = Object.keys(schema)
    .filter((key) => !known.has(key))
    .map((key) => `${path}: keyword ${key}`);
  const { type, anyOf, items, properties, required, enum: values } = schema;
  if (isTop && (type !== 'object' || anyOf !== undefined)) found.push('the top is no plain object');
  if (anyOf === undefined && !types.includes(String(type))) found.push(`${path}: type ${JSON.stringify(type)}`);
  if (anyOf !== undefined && type !== undefined) found.push(`${path}: type beside anyOf`);
  if (type === 'array' && items === undefined) found.push(`${path}: list without items`);
  if (type === 'object' && !isObject(properties)) found.push(`${path}: object without properties`);
  if (
    values !== undefined &&
    !(Array.isArray(values) && values.length > 0 && values.every((value) => typeof value === 'string' && value !== ''))
  )
    found.push(`${path}: enum`);
  if (
    required !== undefined &&
    !(
      Array.isArray(required) &&
      required.length > 0 &&
      required.every((name) => isObject(properties) && name in properties)
    )
  )
    found.push(`${path}: required`);
  const inside = isObject(properties) ? Object.entries(properties) : [];
  for (const [name] of inside) if (!/^[\w.-]{1,64}$/.test(name)) found.push(`${path}: the name ${name}`);
  return [
    ...found,
    ...inside.flatMap(([name, each]) => complaints(each, `${path}/${name}`, false)),
    ...(items === undefined ? [] : complaints(items, `${path}/items`, false)),
    ...(Array.isArray(anyOf) ? anyOf.flatMap((form, at) => complaints(form, `${path}/${at}`, false)) : []),
    ...(isObject(schema.additionalProperties) ? complaints(schema.additionalProperties, `${path}/*`, false) : []),
  ];
}

function repaired(schema: unknown): JsonObject {
  const fitted = fitSchema(schema).schema;
  expect(complaints(fitted)).toEqual([]);
  return fitted;
}

const properties = (schema: unknown): JsonObject => {
  const found = repaired(schema).properties;
  return isObject(found) ? found : {};
};

describe('a schema that a provider would refuse', () => {
  test('a boolean, null, untyped or misnamed property takes a value of the kind that its other keywords mean', () => {
    const found = properties({
      type: 'object',
      properties: {
        any: true,
        never: false,
        nothing: null,
        untyped: {},
        words: 'a text',
        list: { items: { type: 'string' } },
        object: { properties: { a: { type: 'str' } } },
        choice: { enum: ['a', 'b', null, 'a', ''] },
        numbers: { enum: [1, 2] },
        short: { type: 'int', exclusiveMinimum: 0 },
        either: { type: ['string', 'integer', 'null'] },
        nullable: { type: ['string', 'null'], default: null },
        odd: { type: 'File' },
      },
    });
    expect(Object.keys(found)).not.toContain('never');
    for (const name of ['any', 'nothing', 'untyped', 'words', 'odd']) expect(found[name]).toHaveProperty('anyOf');
    expect(found.list).toEqual({ type: 'array', items: { type: 'string' } });
    expect(found.object).toEqual({ type: 'object', properties: { a: { type: 'string' } } });
    expect(found.choice).toEqual({ type: 'string', enum: ['a', 'b'] });
    expect(found.numbers).toEqual({ type: 'integer', description: 'One of 1, 2.' });
    expect(found.short).toEqual({ type: 'integer', minimum: 1 });
    expect(found.either).toEqual({ anyOf: [{ type: 'string' }, { type: 'integer' }] });
    expect(found.nullable).toEqual({ type: 'string' });
  });

  test('lists get items, tuples become alternatives', () => {
    const found = properties({
      properties: {
        bare: { type: 'array' },
        yes: { type: 'array', items: true },
        pair: { type: 'array', items: [{ type: 'number' }, { type: 'number' }] },
        mixed: { type: 'array', prefixItems: [{ type: 'string' }, { type: 'number' }] },
      },
    });
    expect(found.bare).toEqual({ type: 'array', items: { type: 'string' } });
    expect(found.pair).toEqual({ type: 'array', items: { type: 'number' } });
    expect(found.mixed).toMatchObject({ items: { anyOf: [{ type: 'string' }, { type: 'number' }] } });
  });

  test('alternatives at the top become one object, and words say which belong together', () => {
    const fitted = fitSchema({
      type: 'object',
      properties: { a: { type: 'string' }, b: { type: 'string' }, c: { type: 'string' } },
      required: ['c'],
      anyOf: [{ required: ['a'] }, { required: ['b'] }],
    });
    expect(complaints(fitted.schema)).toEqual([]);
    expect(fitted.schema.required).toEqual(['c']);
    expect(fitted.note).toBe('Give one of: `a`; or `b`.');
    const kinds = repaired({
      oneOf: [
        { type: 'object', properties: { kind: { const: 'x' }, size: { type: 'number' } }, required: ['kind', 'size'] },
        { $ref: '#/$defs/y' },
      ],
      $defs: { y: { type: 'object', properties: { kind: { const: 'y' } }, required: ['kind'] } },
    });
    expect(kinds).toEqual({
      type: 'object',
      properties: { kind: { type: 'string', enum: ['x', 'y'] }, size: { type: 'number' } },
      required: ['kind'],
    });
    expect(
      repaired({ allOf: [{ properties: { a: { type: 'string' } }, required: ['a'] }, { properties: { b: {} } }] }),
    ).toMatchObject({
      required: ['a'],
      properties: { a: { type: 'string' } },
    });
  });

  test('references are followed, and a form that holds itself ends', () => {
    const tree = {
      type: 'object',
      properties: { name: { type: 'string' }, children: { type: 'array', items: { $ref: '#/$defs/tree' } } },
    };
    const found = properties({
      properties: { root: { $ref: '#/$defs/tree', description: 'The root.' } },
      $defs: { tree },
    });
    expect(found.root).toMatchObject({ description: 'The root.', properties: { name: { type: 'string' } } });
    for (const endless of [
      { $ref: '#' },
      { properties: { self: { $ref: '#' } } },
      { allOf: [{ $ref: '#' }] },
      { properties: { a: { anyOf: [{ $ref: '#/properties/a' }, { type: 'string' }] } } },
      { properties: { a: { $ref: '#/$defs/b' } }, $defs: { b: { $ref: '#/$defs/c' }, c: { $ref: '#/$defs/b' } } },
      { properties: { a: { $ref: 'https://example.org/schema.json' }, b: { $ref: '#/nowhere' } } },
    ])
      repaired(endless);
  });

  test('a schema that grows without end stays small', () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [
        `d${index}`,
        { type: 'object', properties: { a: { $ref: `#/$defs/d${index + 1}` }, b: { $ref: `#/$defs/d${index + 1}` } } },
      ]),
    );
    expect(JSON.stringify(repaired({ properties: { a: { $ref: '#/$defs/d0' } }, $defs })).length).toBeLessThan(24_001);
    const wide = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`p${index}`, { type: 'string', description: 'x'.repeat(400) }]),
    );
    expect(JSON.stringify(repaired({ properties: wide })).length).toBeLessThan(24_001);
    let deep: JsonObject = { type: 'string' };
    for (let level = 0; level < 2_000; level++) deep = { type: 'object', properties: { a: deep } };
    repaired(deep);
  });

  test('names that providers refuse are changed, and changed back in a call', () => {
    const { schema, restore } = fitSchema({
      properties: {
        $filter: { type: 'string' },
        _filter: { type: 'string' },
        nested: { properties: { '@id': { type: 'string' } } },
      },
      required: ['$filter'],
    });
    expect(complaints(schema)).toEqual([]);
    const [name] = Array.isArray(schema.required) ? schema.required : [];
    expect(restore({ [String(name)]: 'x', _filter: 'y', nested: { _id: 1 } })).toEqual({
      $filter: 'x',
      _filter: 'y',
      nested: { '@id': 1 },
    });
  });

  test('keywords of no use or of wrong kinds are left out', () => {
    expect(
      repaired({
        $schema: 'x',
        $id: 'y',
        title: 'T',
        type: null,
        required: null,
        properties: {
          a: {
            type: 'string',
            required: true,
            format: 'uri',
            pattern: '(?=x)',
            examples: ['x'],
            minLength: '3',
            description: 7,
          },
          b: { type: 'boolean', default: 'yes' },
        },
        additionalProperties: false,
        if: {},
        else: {},
      }),
    ).toEqual({
      type: 'object',
      properties: { a: { type: 'string', description: 'Format: uri.' }, b: { type: 'boolean' } },
      required: ['a'],
    });
    for (const none of [null, undefined, true, 'x', [], 3])
      expect(repaired(none)).toEqual({ type: 'object', properties: {} });
  });

  test('whatever a server sends becomes a schema that all providers take', () => {
    const keyword = fc.constantFrom(
      ...'type properties items anyOf oneOf allOf required enum const $ref $defs additionalProperties prefixItems not if description default format pattern minimum'.split(
        ' ',
      ),
    );
    const leaf = fc.oneof(
      fc.constantFrom<unknown>(
        ...types,
        'null',
        'any',
        '#',
        '#/properties/a',
        '#/$defs/a',
        null,
        true,
        false,
        0,
        -1,
        '',
        'a',
        '$x',
      ),
      fc.string(),
    );
    const { value } = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        leaf,
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.oneof(keyword, fc.constantFrom('a', 'b', '$x', '__proto__', 'é')), tie('value'), {
          maxKeys: 5,
        }),
      ),
    }));
    fc.assert(
      fc.property(value, (schema) => {
        expect(complaints(fitSchema(schema).schema)).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });
});
