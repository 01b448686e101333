import { describe, expect, it } from 'vitest';
import { classifyTool, plainToolName } from '../../src/core/classify-tool.ts';

describe('actOf', () => {
  it('knows the tools of many agents, whatever their spelling', () => {
    for (const name of ['Read', 'read_file', 'readFile', 'view_file', 'mcp__files__read-file'])
      expect(classifyTool(name, {})).toBe('read');
    for (const name of ['Grep', 'codebase_search', 'list_directory', 'Glob'])
      expect(classifyTool(name, {})).toBe('search');
    for (const name of ['Edit', 'apply_patch', 'replace_in_file', 'MultiEdit'])
      expect(classifyTool(name, {})).toBe('edit');
    for (const name of ['Write', 'write_to_file', 'create_file']) expect(classifyTool(name, {})).toBe('write');
    for (const name of ['Bash', 'run_shell_command', 'execute_bash', 'shell'])
      expect(classifyTool(name, { command: 'ls' })).toBe('shell');
    for (const name of ['TodoWrite', 'update_plan']) expect(classifyTool(name, {})).toBe('plan');
    expect(classifyTool('dance', {})).toBe('other');
  });

  it('asks the command of an editor that does several things', () => {
    const input = { path: 'a.ts' };
    expect(classifyTool('str_replace_editor', { ...input, command: 'view' })).toBe('read');
    expect(classifyTool('str_replace_editor', { ...input, command: 'create' })).toBe('write');
    expect(classifyTool('str_replace_based_edit_tool', { ...input, command: 'str_replace' })).toBe('edit');
    expect(classifyTool('str_replace_editor', { ...input, command: 'undo_edit' })).toBe('edit');
  });

  it('takes an unknown tool with a command line for a shell', () => {
    expect(classifyTool('my_runner', { command: 'npm test' })).toBe('shell');
  });
});

describe('plainToolName', () => {
  it('leaves out case, separators and namespace', () => {
    expect(plainToolName('mcp__files__Read-File')).toBe('readfile');
    expect(plainToolName('functions.exec_command')).toBe('execcommand');
  });
});
