import { isProviderKey } from '../../src/core/process/child-environment.ts';
import { createRedactor } from '../../src/core/text/redact.ts';
import type { Confinement } from '../../src/core/tool.ts';

/** No pager, no prompt, no editor, no colours: nothing that waits for a person or paints. */
const quiet: Readonly<Record<string, string>> = {
  TERM: 'dumb',
  NO_COLOR: '1',
  PAGER: 'cat',
  GIT_PAGER: 'cat',
  MANPAGER: 'cat',
  GH_PAGER: 'cat',
  SYSTEMD_PAGER: 'cat',
  EDITOR: 'true',
  VISUAL: 'true',
  GIT_EDITOR: 'true',
  GIT_SEQUENCE_EDITOR: 'true',
  GIT_MERGE_AUTOEDIT: 'no',
  GIT_TERMINAL_PROMPT: '0',
  GIT_ASKPASS: 'false',
  SSH_ASKPASS: 'false',
  SSH_ASKPASS_REQUIRE: 'never',
  SUDO_ASKPASS: '/bin/false',
  DEBIAN_FRONTEND: 'noninteractive',
  PIP_NO_INPUT: '1',
  GCM_INTERACTIVE: 'never',
};

/** `CDPATH` would let `cd src` lead elsewhere than into the folder that a question showed. */
const dropped = new Set([
  'FORCE_COLOR',
  'CLICOLOR_FORCE',
  'NODE_CHANNEL_FD',
  'NODE_CHANNEL_SERIALIZATION_MODE',
  'CDPATH',
]);

/** The variable by which a command's processes are found again, wherever they went. */
export const markName = 'WINK_CALL';

/** What a confined command gets no look at: whatever sounds like a key or a way to a program outside. */
const guardedNames =
  /KEY|TOKEN|SECRET|PASS(W|$|_)|PASSPHRASE|CREDENTIAL|AUTH(?!ORS?($|_))|COOKIE|PRIVATE|SESSION|BEARER|JWT|_PAT$|^PAT$|DSN|WEBHOOK|SIGNATURE|SALT|_SOCK|SOCKET|DBUS|XDG_RUNTIME_DIR|^DISPLAY$|WAYLAND|CONNECTION_STRING|LICENSE|(^|_)(PWD|PIN|CREDS?|OTP|TOTP|SEED|MNEMONIC|SAS|FERNET)($|_)|^BUNDLE_\w+__/i;
const guardedValue = /:\/\/[^\s:/@]*:[^\s/@]+@|-----BEGIN /;
const redact = createRedactor([]);

/** Programs' scratch goes to the temporary folder, and git takes no lock to look. */
const confinedSettings: Readonly<Record<string, string>> = {
  TMPDIR: '/tmp',
  XDG_CACHE_HOME: '/tmp/.cache',
  npm_config_cache: '/tmp/.npm',
  npm_config_update_notifier: 'false',
  PYTHONDONTWRITEBYTECODE: '1',
};

/**
 * The environment of a command: the agent's own without the keys of model providers and `hidden` names, with everything set that
 * keeps programs from waiting for a person. A confined command gets nothing that looks like a key. The mark is added when it starts.
 */
export function commandEnvironment(
  base: NodeJS.ProcessEnv,
  hidden: readonly string[],
  confinement: Confinement,
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(base)) {
    if (value === undefined || isProviderKey(name) || hidden.includes(name) || dropped.has(name)) continue;
    if (confinement !== 'approved' && isGuarded(name, value)) continue;
    environment[name] = value;
  }
  const settings = /^(approved|offline)$/.test(confinement) ? {} : confinedSettings;
  const reading = confinement === 'read-only' ? { GIT_OPTIONAL_LOCKS: '0' } : {};
  return { ...environment, ...quiet, ...settings, ...reading };
}

function isGuarded(name: string, value: string): boolean {
  if (['PATH', 'PWD', 'OLDPWD', 'HOME'].includes(name)) return false;
  return guardedNames.test(name) || guardedValue.test(value) || redact(value) !== value;
}
