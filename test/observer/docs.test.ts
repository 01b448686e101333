import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import { expect, it } from 'vitest';
import { packageRoot } from '../../src/core/prompt.ts';
import { builtInClasses } from '../../src/observer/classes/taxonomy.ts';
import { observerSchema } from '../../src/observer/observer-schema.ts';

const page = readFileSync(join(packageRoot(), 'docs', 'observer.md'), 'utf8');

it('the page on the observer names every class', () => {
  for (const { name, category } of builtInClasses) {
    expect(page).toContain(`\`${name}\``);
    expect(page).toContain(category);
  }
});

it('the settings on the page are valid, and its numbers are the defaults', () => {
  const example: unknown = parse(/```jsonc\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const given = observerSchema.parse(Object(example).observer);
  const { model, detectors, classes, ...rest } = given;
  const { detectors: _, classes: __, ...defaults } = observerSchema.parse({});
  expect(rest).toEqual(defaults);
  expect([model !== undefined, Object.keys(detectors).length, Object.keys(classes).length]).toEqual([true, 2, 2]);
});
