import { test } from 'vitest';
import { observerKeys } from './config-proofs/observer-keys.ts';

test.each(Object.entries(observerKeys))('%s changes what its description says', (_, prove) => prove());
