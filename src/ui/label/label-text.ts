import type { Code, CodedLabel } from '../../core/qualitative-coding.ts';
import type { Role } from '../../core/screen/theme-roles.ts';

const roles: Readonly<Record<string, Role>> = {
  'Specification Drift': 'link',
  'Reasoning Problems': 'warn',
  'Tool Call Failures': 'bad',
  'Verification Gaps': 'observer',
};

/** A class's colour is that of its category; open codes have one of their own. */
export function roleOf(codes: readonly Code[], name: string): Role {
  return roles[codes.find((code) => code.name === name)?.category ?? ''] ?? 'good';
}

/** `3-8 seen 5 · 0.9 · high`. */
export function describeLabel(label: CodedLabel): string {
  const range = label.start === label.end ? String(label.start) : `${label.start}-${label.end}`;
  const seen = label.visible === label.end && label.start === label.end ? '' : ` seen ${label.visible}`;
  return `${range}${seen} · ${label.confidence} · ${label.severity}`;
}
