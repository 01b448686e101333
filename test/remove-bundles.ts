import { rmSync } from 'node:fs';
import { bundleFolder } from './bundle.ts';

/** Vitest's global setup: what the tests of one run have bundled goes when it ends. */
export default function setup(): () => void {
  return () => rmSync(bundleFolder(process.pid), { recursive: true, force: true });
}
