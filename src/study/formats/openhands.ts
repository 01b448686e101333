import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import type { Place, StudyTrajectory, TrajectoryFormat } from '../input/trajectory.ts';
import { readAgentEvent, readServerEvent } from './openhands-events.ts';
import { createBuilder } from './shared/builder.ts';
import { objectOf, objectsOf, parseLines, peekLines, stringOf } from './shared/json-fields.ts';

/** OpenHands' `trajectory.json`: a list of events, or an object that holds them under `history` or `events`. */
export const openHandsFormat: TrajectoryFormat = {
  name: 'openhands',
  unit: 'file',
  recognises: (head) => {
    const start = head.slice(0, 4000);
    return /^\s*(?:\[|\{\s*"(?:history|events|trajectory)"\s*:\s*\[)/.test(start) && holdsEvents(start);
  },
  parse: (text, place) => [readEvents(eventsOf(JSON.parse(text)), place)],
};

/** OpenHands' evaluation output (`output.jsonl`): a line an instance, its events under `history`. */
export const openHandsOutputFormat: TrajectoryFormat = {
  name: 'openhands-output',
  unit: 'line',
  recognises: (head) =>
    /^\s*\{[^\n]*"history"\s*:\s*\[/.test(head) && /"instance_id"\s*:/.test(head) && holdsEvents(head),
  parse: (text, place) => {
    const line = objectOf(JSON.parse(text));
    return [readEvents(eventsOf(line), place, stringOf(line.instance_id), stringOf(line.instruction))];
  },
};

const eventFile = /^(?:event-0*)?(\d+)(?:-[0-9a-f-]+)?\.json(?:\.gz)?$/;

/** A conversation folder with a file an event: its first file stands for the whole, the others give nothing by themselves. */
export const openHandsFolderFormat: TrajectoryFormat = {
  name: 'openhands-folder',
  unit: 'file',
  recognises: (head, file) => eventFile.test(basename(file)) && /^\s*\{/.test(head) && holdsEvents(head),
  parse: (_, place, onBroken = () => {}) => {
    const folder = dirname(place.file);
    const names = readdirSync(folder)
      .filter((name) => eventFile.test(name))
      .sort((left, right) => numberIn(left) - numberIn(right));
    if (basename(place.file) !== names[0]) return [];
    const events = names.map((name, position) => readEventFile(join(folder, name)) ?? onBroken(position + 1));
    return [readEvents(events.filter(isObject), { file: folder })];
  },
};

function numberIn(name: string): number {
  return Number(eventFile.exec(name)?.[1]);
}

function readEventFile(path: string): JsonObject | undefined {
  const bytes = readFileSync(path);
  const value = parseJson((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8'));
  return isObject(value) ? value : undefined;
}

/** An agent server's event stream saved as JSON Lines. */
export const openHandsLinesFormat: TrajectoryFormat = {
  name: 'openhands-events',
  unit: 'file',
  recognises: (head) => peekLines(head).some((line) => isEvent(line)),
  parse: (text, place, onBroken = () => {}) => [readEvents([...parseLines(text, onBroken)], place)],
};

function isEvent(line: JsonObject): boolean {
  const isServerEvent =
    typeof line.kind === 'string' && /(?:Event|Observation|Action)$/.test(line.kind) && 'source' in line;
  return (
    isServerEvent ||
    ('source' in line && ('action' in line || 'observation' in line) && ('args' in line || 'extras' in line))
  );
}

function holdsEvents(head: string): boolean {
  return (
    /"kind"\s*:\s*"(?:Action|Observation|Message|SystemPrompt)Event"/.test(head) ||
    (/"(?:action|observation)"\s*:\s*"/.test(head) &&
      /"(?:args|extras)"\s*:\s*\{/.test(head) &&
      /"source"\s*:/.test(head))
  );
}

/** The events of a document; the oldest outputs hold pairs of action and observation. */
function eventsOf(value: unknown): JsonObject[] {
  const list = Array.isArray(value)
    ? value
    : (objectOf(value).history ?? objectOf(value).events ?? objectOf(value).trajectory);
  return Array.isArray(list) ? objectsOf(list.flat()) : [];
}

function readEvents(events: readonly JsonObject[], place: Place, id?: string, instruction?: string): StudyTrajectory {
  const builder = createBuilder();
  const seen = {};
  if (instruction !== undefined && !events.some((event) => event.source === 'user')) builder.addUser(instruction);
  for (const event of events) {
    if (typeof event.kind === 'string') readServerEvent(event, builder);
    else readAgentEvent(event, builder, seen);
  }
  return builder.build(place, { agent: 'OpenHands', id });
}
