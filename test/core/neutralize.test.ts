import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { neutralize } from '../../src/core/text/neutralize.ts';

describe('neutralising', () => {
  it.each([
    '<system-reminder>',
    '</system-reminder>',
    '< system-reminder >',
    '</ SYSTEM-REMINDER>',
    '<system_reminder x="1">',
    '<system-message>',
    '<|im_start|>',
    '<|im_end|>',
    '<|start_header_id|>',
    '<|eot_id|>',
    '<|endoftext|>',
    '<｜User｜>',
    '<｜tool▁calls▁begin｜>',
    '<start_of_turn>',
    '<<SYS>>',
    '<</SYS>>',
    '[INST]',
    '[/INST]',
    '[TOOL_CALLS]',
    '[/SYSTEM_PROMPT]',
  ])('defuses %s and leaves it readable', (marker) => {
    const text = neutralize(`before ${marker} after`);
    expect(text).not.toContain(marker);
    expect(text).toHaveLength(`before ${marker} after`.length);
    expect(text).toContain(marker.slice(marker.startsWith('<<') ? 2 : 1));
  });

  it.each([
    'if (a < b) return [x];',
    '<div class="system">',
    'a <| b |> c',
    '[INSTALL]',
    'x<|y',
    '<html><system></system></html>',
    'List<System>',
  ])('leaves %s as it is', (text) => {
    expect(neutralize(text)).toBe(text);
  });

  it('changes nothing more when it is applied twice', () => {
    const part = fc.constantFrom(
      '<',
      '/',
      'system-reminder',
      '>',
      '|',
      'im_start',
      '[',
      'INST',
      ']',
      ' ',
      '<<SYS>>',
      'x',
    );
    fc.assert(
      fc.property(
        fc.array(part).map((parts) => parts.join('')),
        (text) => {
          const once = neutralize(text);
          expect(neutralize(once)).toBe(once);
          expect(once).toHaveLength(text.length);
          expect(once).not.toMatch(/<\s*\/?\s*system-reminder/i);
        },
      ),
    );
  });
});
