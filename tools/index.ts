import type { Tool } from '../src/core/tool.ts';
import { editTool } from './edit.ts';
import { globTool } from './glob.ts';
import { grepTool } from './grep.ts';
import { readTool } from './read.ts';
import { shellTool } from './shell.ts';
import { todoTool } from './todo.ts';
import { writeTool } from './write.ts';

/** The agent's own tools, in the order in which the model sees them. */
export const tools: readonly Tool[] = [readTool, editTool, writeTool, shellTool, globTool, grepTool, todoTool];
