import { expect, test } from 'vitest';
import schema from '../../docs/config.schema.json' with { type: 'json' };
import { agentKeys } from './config-proofs/agent-keys.ts';
import { observerKeys } from './config-proofs/observer-keys.ts';
import { screenKeys } from './config-proofs/screen-keys.ts';

// The keys of the observer and of the screen are proved in wired-observer.test.ts and wired-screen.test.ts, at the same time as these.
test.each(Object.entries(agentKeys))('%s changes what its description says', (_, prove) => prove());

test('each key of the configuration has its proof', () => {
  const proofs = { ...agentKeys, ...observerKeys, ...screenKeys };
  const proved = new Set(Object.keys(proofs).flatMap((names) => names.split(' ')));
  expect(keysOf(schema).filter((name) => !proved.has(name))).toEqual([]);
});

function keysOf(node: { properties?: object }, prefix = ''): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) =>
    inner.properties === undefined ? [`${prefix}${name}`] : keysOf(inner, `${prefix}${name}.`),
  );
}
