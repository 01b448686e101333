import { count } from '../../core/text/count.ts';
import type { App } from '../app.ts';
import { openPicker } from '../panels/picker/open-picker.tsx';
import type { SessionControl, SlashCommand } from '../screen-deps.ts';
import { duration } from '../text/draw-context.ts';

/** `/rules`: what is allowed, asked and denied; a rule that was granted in this session can be taken back. */
export function rulesCommand(
  app: App,
  list: NonNullable<SessionControl['rules']>,
  revoke: SessionControl['revokeRule'],
): SlashCommand {
  return {
    name: 'rules',
    help: 'the permission rules in force; Enter on one of this session takes it back',
    run: async () => {
      const rules = [...list()].sort((left, right) => Number(right.canRevoke) - Number(left.canRevoke));
      const entries = rules.map((rule) => ({
        label: `${rule.effect} ${rule.text}`,
        detail: rule.canRevoke ? `${rule.origin}: Enter takes it back` : rule.origin,
        value: rule,
      }));
      const empty = 'no rules: the approval mode alone decides';
      const rule = await openPicker(app.panels, { title: 'Permission rules', entries, empty });
      if (rule === undefined) return undefined;
      if (!rule.canRevoke) return { refusal: `${rule.text} comes from ${rule.origin}; change it there.` };
      revoke?.(rule.text);
      return { notice: `${rule.text} is taken back; what it covered is asked for again.` };
    },
  };
}

/** `/jobs`: commands that run in the background; one can be ended. */
export function jobsCommand(
  app: App,
  list: NonNullable<SessionControl['jobs']>,
  end: SessionControl['endJob'],
): SlashCommand {
  return {
    name: 'jobs',
    help: 'commands that run in the background; Enter ends one',
    run: async () => {
      const jobs = list();
      if (jobs.length === 0) return { notice: 'Nothing runs in the background.' };
      const entries = jobs.map((job) => ({
        label: job.command,
        detail: `${job.id}, ${duration(job.ms)}`,
        value: job.id,
      }));
      const title = `${count(jobs.length, 'background command')}; Enter ends one`;
      const id = await openPicker(app.panels, { title, entries, empty: '' });
      if (id === undefined) return undefined;
      await end?.(id);
      return { notice: `${id} was ended.` };
    },
  };
}
