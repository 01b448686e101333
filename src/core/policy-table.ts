import * as z from 'zod';
import { readText } from './disk/read-text.ts';
import { UserError } from './errors.ts';

const estimate = z.object({
  value: z.number().nullable(),
  n: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
});

const row = z.object({
  class: z.string(),
  /** null: all detectors of the class together. */
  detector: z.string().nullable(),
  /** p: how often an alarm is about a run that fails when nothing is said (shadow). */
  failing: estimate,
  /** The same where reminders were given. */
  treatedFailing: estimate,
  /** r: of the runs that would fail, the share that a reminder saves. */
  recovery: estimate,
  /** d: of the runs that would do well, the share that a reminder breaks. */
  disruption: estimate,
  /** d / (r + d): the failure probability above which speaking pays. */
  threshold: z.number().nullable(),
  /** p r - (1 - p) d: how much the share of failing runs falls for one alarm that is delivered. */
  gain: estimate,
  /** `yes` and `no` only when the whole interval of the gain is on one side of 0 and both samples are large enough. */
  pays: z.enum(['yes', 'no', 'unknown']),
});

const tableSchema = z.object({
  type: z.literal('policy-table'),
  version: z.literal(1),
  madeAt: z.string(),
  sessions: z.number(),
  fewest: z.number(),
  rows: z.array(row),
});

export type PolicyRow = z.infer<typeof row>;
/** Where intervention pays, estimated from shadow and treated sessions by `wink-agent report --policy-table`. */
export type PolicyTable = z.infer<typeof tableSchema>;

/** Reads a table. Throws UserError when the file is missing or isn't one; the caller decides whether a missing one matters. */
export function loadPolicyTable(path: string): PolicyTable {
  let value: unknown;
  try {
    value = JSON.parse(readText(path));
  } catch {
    throw new UserError(
      `${path} can't be read as a policy table; make one with: wink-agent report ~/.wink/sessions --policy-table ${path}`,
    );
  }
  const parsed = tableSchema.safeParse(value);
  if (!parsed.success)
    throw new UserError(
      `${path} is not a policy table of this version; make a new one with wink-agent report --policy-table.`,
    );
  return parsed.data;
}

export type Speaking = { readonly speak: boolean; readonly reason: string };

/**
 * What the table says about an alarm: the row of class and detector, else that of the class. It can only hold back what the evidence
 * says does harm; where it knows nothing or too little, the policy speaks as it would without a table.
 */
export function consultPolicyTable(table: PolicyTable, className: string, detector: string | undefined): Speaking {
  const rows = table.rows.filter((candidate) => candidate.class === className);
  const own = rows.find((candidate) => candidate.detector !== null && candidate.detector === detector);
  const found = own && own.pays !== 'unknown' ? own : (rows.find((candidate) => candidate.detector === null) ?? own);
  if (found === undefined || found.pays === 'unknown')
    return { speak: true, reason: 'the policy table has too little on it' };
  const gain = `${((found.gain.value ?? 0) * 100).toFixed(1)} points (n = ${found.gain.n})`;
  if (found.pays === 'yes') return { speak: true, reason: `speaking pays by ${gain}` };
  return { speak: false, reason: `policy table: speaking about ${className} costs ${gain}` };
}
