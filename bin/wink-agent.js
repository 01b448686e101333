#!/usr/bin/env node
// The launcher by its earlier name, for settings of editors and hooks that hold its path.
import './wink-agent.cjs';
