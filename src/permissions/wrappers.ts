export type SimpleWrapper = {
  readonly plain: RegExp;
  readonly takesValue: RegExp;
  readonly operands: number;
  readonly isTransparent: boolean;
};

const none = /^$/;

/** Programs that start the command in their arguments; `operands` stand before it. Options that are not listed make them unreadable. */
export const simpleWrappers: Readonly<Record<string, SimpleWrapper>> = {
  sudo: { plain: /^-[-a-zA-Z=]+$/, takesValue: /^-[ughpCTrtDR]$/, operands: 0, isTransparent: false },
  doas: { plain: /^-[nsL]$/, takesValue: /^-[uC]$/, operands: 0, isTransparent: false },
  env: {
    plain: /^(-|-i|-0|--ignore-environment|--null|-u.+|--unset=.*)$/,
    takesValue: /^(-u|--unset)$/,
    operands: 0,
    isTransparent: true,
  },
  nice: {
    plain: /^(-n?-?\d+|--adjustment=-?\d+)$/,
    takesValue: /^(-n|--adjustment)$/,
    operands: 0,
    isTransparent: true,
  },
  ionice: { plain: /^-[cn]\d$/, takesValue: /^-[cn]$/, operands: 0, isTransparent: true },
  timeout: {
    plain: /^(--preserve-status|--foreground|-v|--verbose|-[ks].+|--(kill-after|signal)=.*)$/,
    takesValue: /^(-k|-s|--kill-after|--signal)$/,
    operands: 1,
    isTransparent: true,
  },
  gtimeout: {
    plain: /^(--preserve-status|--foreground|-v|--verbose)$/,
    takesValue: /^(-k|-s)$/,
    operands: 1,
    isTransparent: true,
  },
  time: { plain: /^-[pv]$/, takesValue: none, operands: 0, isTransparent: true },
  nohup: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  setsid: { plain: /^(-[cfw]|--wait|--fork)$/, takesValue: none, operands: 0, isTransparent: true },
  stdbuf: { plain: /^-[ioe].+$|^--(input|output|error)=.*$/, takesValue: /^-[ioe]$/, operands: 0, isTransparent: true },
  command: { plain: /^-p$/, takesValue: none, operands: 0, isTransparent: true },
  builtin: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  exec: { plain: /^-[cl]+$/, takesValue: /^-a$/, operands: 0, isTransparent: true },
  busybox: { plain: none, takesValue: none, operands: 0, isTransparent: true },
  chroot: { plain: /^--.*$/, takesValue: none, operands: 1, isTransparent: false },
  strace: { plain: /^-[a-zA-Z]+$/, takesValue: /^-[eopsPuaEIO]$/, operands: 0, isTransparent: false },
  flock: { plain: /^-[a-zA-Z]+$/, takesValue: /^-[wE]$/, operands: 1, isTransparent: false },
  unshare: { plain: /^-.*$/, takesValue: none, operands: 0, isTransparent: false },
  parallel: { plain: /^-.*$/, takesValue: /^-j$/, operands: 0, isTransparent: false },
  ltrace: { plain: /^-[fcCirStT]+$/, takesValue: /^-[aeonpsu]$/, operands: 0, isTransparent: false },
  pkexec: { plain: /^--(disable-internal-agent|keep-cwd)$/, takesValue: /^--user$/, operands: 0, isTransparent: false },
  runuser: { plain: /^(--|-[lmpf])$/, takesValue: /^-[ugG]$/, operands: 0, isTransparent: false },
  nsenter: { plain: /^-.*$/, takesValue: /^-[tSG]$/, operands: 0, isTransparent: false },
  taskset: { plain: /^-a$/, takesValue: none, operands: 1, isTransparent: false },
  chrt: { plain: /^-[abfiormv]+$/, takesValue: none, operands: 1, isTransparent: false },
  numactl: { plain: /^-.*$/, takesValue: /^-[NCPmip]$/, operands: 0, isTransparent: false },
  'systemd-run': { plain: /^-.*$/, takesValue: /^-[puEMHt]$/, operands: 0, isTransparent: false },
  bunx: { plain: /^--bun$/, takesValue: none, operands: 0, isTransparent: false },
  uvx: { plain: none, takesValue: /^--from$/, operands: 0, isTransparent: false },
  npx: { plain: /^(-y|--yes|--no|--no-install)$/, takesValue: none, operands: 0, isTransparent: false },
  caffeinate: { plain: /^-[dimsu]+$/, takesValue: none, operands: 0, isTransparent: true },
};

/** Subcommands that start the command in their arguments. */
export const startingSubcommands: Readonly<Record<string, RegExp>> = {
  npm: /^(exec|x)$/,
  pnpm: /^(exec|dlx)$/,
  yarn: /^(exec|dlx)$/,
  bun: /^x$/,
  uv: /^run$/,
  poetry: /^run$/,
  bundle: /^exec$/,
  direnv: /^exec$/,
};
