import type { App } from '../app.ts';
import type { SessionControl, SlashCommand } from '../screen-deps.ts';
import { pick } from './choice-command.ts';

/** `/rules`: what is allowed, asked and denied; a rule that was granted in this session can be taken back. */
export function rulesCommand(app: App, { rules: list, revokeRule }: SessionControl): SlashCommand {
  return {
    name: 'rules',
    aliases: ['permissions'],
    help: 'the permission rules in force; Enter on one of this session takes it back',
    run: async () => {
      const rules = [...list()].sort((left, right) => Number(right.canRevoke) - Number(left.canRevoke));
      const entries = rules.map((rule) => ({
        label: `${rule.effect} ${rule.text}`,
        detail: rule.canRevoke ? `${rule.origin}: Enter takes it back` : rule.origin,
        value: rule,
      }));
      const empty = 'There are no rules: the approval mode alone decides.';
      const rule = await pick(app, { title: 'Permission rules', entries, empty });
      if (rule === undefined) return undefined;
      if (!rule.canRevoke) return { refusal: `${rule.text} comes from ${rule.origin}; change it there.` };
      revokeRule(rule.text);
      return { notice: `${rule.text} is taken back; what it covered is asked for again.` };
    },
  };
}
