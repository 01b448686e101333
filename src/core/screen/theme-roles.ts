/** What a piece of text means on the screen; the theme decides how that looks. */
export const roles = [
  'accent',
  'user',
  'quiet',
  'good',
  'warn',
  'bad',
  'observer',
  'shadow',
  'add',
  'remove',
  'addStrong',
  'removeStrong',
  'link',
  'code',
  'heading',
  'keyword',
  'string',
  'number',
  'comment',
  'name',
  'selected',
] as const;

export type Role = (typeof roles)[number];

export type ThemeName = 'dark' | 'light' | 'contrast' | 'colour-blind' | 'plain';

export const themeNames = [
  'dark',
  'light',
  'contrast',
  'colour-blind',
  'plain',
] as const satisfies readonly ThemeName[];

/** A theme of the user's: another one with some of its colours changed, each `#rrggbb`. */
export type OwnTheme = {
  readonly base: ThemeName;
  readonly colours: Readonly<Partial<Record<Role, string>>>;
};

export type OwnThemes = Readonly<Record<string, OwnTheme>>;
