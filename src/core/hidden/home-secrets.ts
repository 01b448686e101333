import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { looksSecret } from '../disk/secret-paths.ts';

const keysAndPasswords = [
  '.ssh .gnupg .password-store .vault .vault-token .netrc _netrc .pgpass .my.cnf .secrets .step .cert .tailscale .config/wireguard .config/sops',
  '.config/op .config/1Password .config/Bitwarden .config/KeePassXC .config/keepassxc .config/restic .config/rustic .config/borg .config/rclone',
  '.local/share/keyrings .local/share/kwalletd .local/share/gopass .config/gopass .Xauthority .ICEauthority Library/Keychains',
];
const clouds = [
  '.aws .azure .kube .docker .minikube .oci .talos .terraform.d .terraformrc .pulumi .config/pulumi .config/gcloud .config/doctl .config/hcloud .config/helm',
  '.config/containers/auth.json .config/argocd .config/heroku .fly .config/flyctl .railway .netlify .config/netlify .vercel .local/share/com.vercel.cli .wrangler',
  '.config/.wrangler .cloudflared .ngrok2 .config/ngrok .supabase .expo .config/stripe .sentryclirc .s3cfg .boto .snowflake .config/snowflake .databrickscfg .dbt .config/dbt .kaggle',
  '.config/configstore .android/adbkey',
];
const packagesAndCode = [
  '.config/gh .config/glab-cli .config/hub .config/git/credentials .git-credentials .subversion .hgrc .wakatime.cfg .npmrc .yarnrc.yml .bunfig.toml .pypirc .config/pip/pip.conf',
  '.pip/pip.conf .config/pypoetry/auth.toml .local/share/uv/credentials .local/share/pnpm/auth.ini .config/pnpm/rc .gem/credentials .bundle/config .composer/auth.json .config/composer/auth.json .cargo/credentials',
  '.cargo/credentials.toml .gradle/gradle.properties .m2/settings.xml .m2/settings-security.xml .nuget/NuGet/NuGet.Config .config/NuGet',
];
const browsersAndMail = [
  '.mozilla .librewolf .zen .thunderbird .config/chromium .config/google-chrome .config/BraveSoftware .config/microsoft-edge .config/vivaldi .config/opera',
  '.config/net.imput.helium .var/app snap .config/Signal .config/Slack .config/discord .local/share/TelegramDesktop .config/protonmail .mutt .config/neomutt .config/msmtp',
  '.msmtprc .mailrc .fetchmailrc Library/Cookies Library/Mail Library/Messages Library/Safari',
];
const agentsAndModels = [
  '.claude .claude.json .config/claude .codex .gemini .config/opencode .local/share/opencode .pi .aider .aider.conf.yml .continue .cursor .copilot .config/github-copilot',
  '.config/goose .local/share/goose .config/amp .local/share/amp .config/crush .local/share/crush .factory .qwen .grok .kiro .openai .config/openai .anthropic .config/anthropic',
  '.config/io.datasette.llm .config/fabric .huggingface .cache/huggingface/token .config/Code/User/globalStorage .config/Cursor/User/globalStorage .config/JetBrains .config/zed',
];
const walletsAndHistories = [
  '.ethereum .bitcoin .electrum .config/solana .bash_history .zsh_history .sh_history .xonsh_history .history .python_history .node_repl_history .psql_history .mysql_history',
  '.sqlite_history .rediscli_history .irb_history .ipython/profile_default/history.sqlite .dbshell .lesshst .viminfo .local/share/fish/fish_history .local/share/atuin',
];

const onMac = [
  'Google/Chrome',
  'Firefox',
  'BraveSoftware',
  'Microsoft Edge',
  '1Password',
  'Bitwarden',
  'Code/User/globalStorage',
].map((name) => `Library/Application Support/${name}`);

/** Where programs keep keys, passwords, sessions and what was typed, from the home folder on. */
const places = [keysAndPasswords, clouds, packagesAndCode, browsersAndMail, agentsAndModels, walletsAndHistories]
  .flat()
  .flatMap((line) => line.split(' '))
  .concat(onMac);

/**
 * Absolute paths in a home folder that an allowed command is not shown; some of them do not exist. What lies at its top counts by its
 * name too (`keys.kdbx`).
 */
export function findHomeSecrets(home: string): string[] {
  const top = namesIn(home);
  const isThere = new Set(top);
  const known = places.filter((place) => isThere.has(place.split('/', 1)[0]!));
  const named = top.filter((name) => looksSecret(join(home, name)));
  return [...known, ...named].map((name) => join(home, name));
}

/** What a folder holds; nothing where it can't be read or is none. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
