#!/usr/bin/env node
// The launcher itself is CommonJS: as an ES module it would load all that Node has for those, and each of Node's own modules in full.
import { createRequire } from 'node:module';

createRequire(import.meta.url)('./launch.cjs');
