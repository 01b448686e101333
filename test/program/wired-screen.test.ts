import { test } from 'vitest';
import { screenKeys } from './config-proofs/screen-keys.ts';

test.each(Object.entries(screenKeys))('%s changes what its description says', (_, prove) => prove());
