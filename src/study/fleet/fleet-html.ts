import { escapeHtml } from '../../core/text/escape-html.ts';
import { formatCount } from '../progress-bar.ts';
import { plural } from '../report/format-values.ts';
import { colorOfCategory, reportStyle } from '../report/report-style.ts';
import { findTrouble } from './findings.ts';
import { type Fleet, type Group, maxMarks, type RunMark } from './fleet.ts';
import { colorOf, drawBar, drawDays, drawGrid, drawSpark, drawWall } from './fleet-plots.ts';
import { runStates, stateWords } from './run-state.ts';

const style = `${reportStyle}
svg.bar{display:inline-block;width:auto;min-width:0;vertical-align:middle}
.health{display:flex;height:14px;border-radius:7px;overflow:hidden;margin:22px 0 10px}.health i{display:block}
.finding{background:var(--card);border:1px solid var(--line);border-left:4px solid var(--bad);border-radius:0 10px 10px 0;padding:11px 16px;margin:10px 0}
.finding b{display:block}.calm{border-left-color:var(--good)}
code{font:12.5px ui-monospace,SFMono-Regular,Menlo,monospace}
td i.dot{display:inline-block;width:10px;height:10px;border-radius:3px;margin-right:8px}
`;

const percent = (part: number, whole: number) =>
  whole === 0 ? '–' : `${((part / whole) * 100).toFixed(part === whole ? 0 : 1)} %`;

/** The health of a fleet as one HTML page that loads and runs nothing. */
export function writeFleetPage(fleet: Fleet, madeAt: string, version: string): string {
  const sections = [
    findings(fleet),
    section(
      `The latest ${plural(fleet.latest.length, 'run')}`,
      `One square a run, the oldest first${fleet.all.runs > maxMarks ? `, of ${formatCount(fleet.all.runs)}` : ''}; a dot says that the observer reminded. Rest on one to read which.`,
      fleet.latest.length === 0 ? '' : `<div class="card">${drawWall(fleet.latest)}</div>`,
    ),
    section(
      'Day by day',
      'How many began, how they ended, and what they cost.',
      fleet.days.length === 0 ? '' : `<div class="card">${drawDays(fleet.days)}</div>`,
    ),
    section(
      'Where it hurts',
      'The ten largest repositories by day: the redder, the more of their runs did not end well.',
      fleet.days.length === 0 ? '' : `<div class="card">${drawGrid(fleet)}</div>`,
    ),
    groupSection('Models', fleet.models),
    groupSection('Repositories', fleet.repositories),
    classSection(fleet),
    troubleSection(fleet.troubled),
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>wink-agent fleet</title><style>${style}</style></head>
<body><main>${header(fleet)}${sections.join('')}
<footer>Made by wink-agent ${escapeHtml(version)} on ${escapeHtml(madeAt.slice(0, 10))}. Doubtful is a run that ended as done though its last check was red, or whose score is below 0.5. Definitions: docs/scale.md.</footer></main></body></html>
`;
}

function header(fleet: Fleet): string {
  const { all, days } = fleet;
  const span = days.length === 0 ? '' : `, ${days[0]?.name} to ${days.at(-1)?.name}`;
  const known = all.runs - all.states.unknown;
  const bar = runStates
    .map(
      (state) =>
        `<i style="width:${((all.states[state] / Math.max(1, all.runs)) * 100).toFixed(2)}%;background:${colorOf[state]}"></i>`,
    )
    .join('');
  const key = runStates
    .map(
      (state) =>
        `<span><i style="background:${colorOf[state]}"></i>${stateWords[state]} ${formatCount(all.states[state])}</span>`,
    )
    .join('');
  const needy = all.states.failed + all.states.doubtful + all.states.limit;
  return `<header><h1>${percent(all.states.done, known)} of ${plural(all.runs, 'run')} ended well</h1>
<p>${plural(fleet.repositories.length, 'repository').replace('repositorys', 'repositories')}, ${plural(fleet.models.length, 'model')}${span}.</p></header>
<div class="health">${bar}</div><div class="key">${key}</div>
<div class="tiles">${tile(formatCount(needy), 'need a person', 'failed, doubtful or stopped at a limit')}${costTile(all)}${timeTile(all)}${tile(formatCount(all.reminders), 'reminders', `${(all.reminders / Math.max(1, all.runs)).toFixed(2)} a run`)}${recoveryTile(fleet)}</div>`;
}

function tile(value: string, title: string, small: string): string {
  return `<div class="tile"><b>${escapeHtml(value)}</b><span>${escapeHtml(title)}</span><small>${escapeHtml(small)}</small></div>`;
}

function costTile({ costUsd, pricedRuns, states, runs }: Group): string {
  if (pricedRuns === 0) return '';
  const each = states.done === 0 ? '' : `, $${(costUsd / states.done).toFixed(2)} for each that ended well`;
  return tile(
    `$${formatCount(Math.round(costUsd))}`,
    'spent',
    `${pricedRuns === runs ? '' : `${formatCount(pricedRuns)} runs with a price, `}$${(costUsd / pricedRuns).toFixed(2)} a run${each}`,
  );
}

function timeTile({ minutes, timedRuns }: Group): string {
  return timedRuns === 0
    ? ''
    : tile(
        `${(minutes / timedRuns).toFixed(1)} min`,
        'of work a run',
        `${formatCount(Math.round(minutes / 60))} hours in all`,
      );
}

function recoveryTile({ classes }: Fleet): string {
  const recovered = classes.reduce((sum, one) => sum + one.recovered, 0);
  const known = recovered + classes.reduce((sum, one) => sum + one.persisted, 0);
  return known === 0
    ? ''
    : tile(percent(recovered, known), 'of misbehaviour recovered', `${plural(known, 'episode')} whose end is known`);
}

function findings(fleet: Fleet): string {
  const found = findTrouble(fleet);
  const cards = found.map(
    ({ title, words }) => `<div class="finding"><b>${escapeHtml(title)}</b>${escapeHtml(words)}</div>`,
  );
  const calm =
    '<div class="finding calm"><b>Nothing stands out</b>No day, model or repository is worse than the rest by more than chance explains.</div>';
  return `<h2>To look at</h2>${cards.length === 0 ? calm : cards.join('')}`;
}

const shownGroups = 15;

function groupSection(title: string, groups: readonly Group[]): string {
  const rows = groups.slice(0, shownGroups).map((group) => {
    const { name, runs, states, costUsd, pricedRuns, minutes, timedRuns, reminders } = group;
    return `<tr><td>${escapeHtml(name)}</td><td>${drawBar(group)}</td><td class="n">${formatCount(runs)}</td><td class="n">${percent(states.done, runs - states.unknown)}</td><td class="n">${pricedRuns === 0 ? '–' : `$${(costUsd / pricedRuns).toFixed(2)}`}</td><td class="n">${timedRuns === 0 ? '–' : (minutes / timedRuns).toFixed(1)}</td><td class="n">${(reminders / runs).toFixed(2)}</td></tr>`;
  });
  const more = groups.length > shownGroups ? `, and ${groups.length - shownGroups} more` : '';
  const head =
    '<tr><th></th><th>how they ended</th><th class="n">runs</th><th class="n">ended well</th><th class="n">a run</th><th class="n">minutes</th><th class="n">reminders</th></tr>';
  return section(
    title,
    `The most runs first${more}.`,
    `<div class="card"><table>${head}${rows.join('')}</table></div>`,
  );
}

function classSection({ classes, days, all }: Fleet): string {
  if (classes.length === 0) return section('Misbehaviour', 'None was seen.', '');
  const rows = classes.map((one) => {
    const known = one.recovered + one.persisted;
    const byDay = days.slice(-60).map(({ name }) => one.days.get(name) ?? 0);
    const color = colorOfCategory(one.category);
    return `<tr><td><i class="dot" style="background:${color}"></i>${escapeHtml(one.class)}</td><td>${days.length < 2 ? '' : drawSpark(byDay, color)}</td><td class="n">${percent(one.runs, all.runs)}</td><td class="n">${formatCount(one.episodes)}</td><td class="n">${percent(one.recovered, known)}</td></tr>`;
  });
  const head =
    '<tr><th></th><th>by day</th><th class="n">of all runs</th><th class="n">episodes</th><th class="n">recovered</th></tr>';
  return section(
    'Misbehaviour',
    'By class, as the observer saw it.',
    `<div class="card"><table>${head}${rows.join('')}</table></div>`,
  );
}

function troubleSection(marks: readonly RunMark[]): string {
  if (marks.length === 0) return '';
  const rows = marks.map(
    ({ session, repository, model, startedAt, state, outcome, classes, score }) =>
      `<tr><td><i class="dot" style="background:${colorOf[state]}"></i><code>${escapeHtml(session)}</code></td><td>${escapeHtml(repository)}</td><td class="quiet">${escapeHtml(startedAt.slice(0, 16).replace('T', ' '))}</td><td>${escapeHtml(outcome)}</td><td class="quiet">${escapeHtml(classes.join(', '))}</td><td class="n">${score === null ? '' : score.toFixed(2)}</td><td class="quiet">${escapeHtml(model)}</td></tr>`,
  );
  const head =
    '<tr><th>session</th><th>repository</th><th>began</th><th>ended</th><th>misbehaviour</th><th class="n">score</th><th>model</th></tr>';
  return section(
    'Failed or doubtful, the newest first',
    'wink-agent resume ID continues one, wink-agent export ID shows it.',
    `<div class="card"><table>${head}${rows.join('')}</table></div>`,
  );
}

function section(title: string, words: string, content: string): string {
  return `<h2>${escapeHtml(title)}</h2><p>${escapeHtml(words)}</p>${content}`;
}
