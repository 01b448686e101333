import { statSync } from 'node:fs';
import { basename } from 'node:path';

const names =
  /^(\.env(\..+)?|.+\.env|env\.local|\.envkey|\.secrets?|\.envrc|\.dev\.vars|\.vault_pass|.+\.(pem|key|p8|p12|pfx|jks|keystore|kdbx|ppk|asc|gpg|agekey|ovpn|mobileprovision)|id_(rsa|dsa|ecdsa|ed25519)(_sk)?(?!.*\.pub$).*|[._]netrc|\.npmrc|\.yarnrc\.yml|\.pypirc|\.pgpass|\.my(login)?\.cnf|\.git-credentials|\.htpasswd|\.vault-token|\.terraformrc|\.dockerconfigjson|\.databrickscfg|\.snowsql|\.(bash|zsh|sh|python|psql|mysql|sqlite|node_repl)_history|\.claude\.json|auth\.json|kubeconfig|credentials(\.(json|ya?ml|toml|ini|db|tfrc\.json))?|(client_)?secrets?(\.(json|ya?ml|toml|ini|env|properties|txt))|client_secret_.+\.json|\.passwd|passw(or)?ds?\.(txt|csv)|(\w+[-_])?(api|secret|private|access|signing|encryption)[-_]?keys?\.(txt|csv)|\.(\w+_)?(key|token)|\.apikey|(\w+[-_])?token\.txt|cookies\.txt|service[-_]account.*\.json|serviceaccount([-_]?key)?\.json|.*firebase-adminsdk.*\.json|(gcp|gcloud|google)[-_]?(key|credentials).*\.json|.+\.tfvars(\.json)?|.+\.tfstate(\.backup)?|\.s3cfg|\.boto|\.dockercfg|master\.key|local\.settings\.json|gradle\.properties\.local|key(store)?\.properties|rclone\.conf|sftp-config\.json|wp-config\.php)$/i;
/** Names that a folder of sources may have as well: of these only files. */
const fileNames =
  /^((\w+[-_])?(api|secret|private|access|signing|encryption)[-_]?keys?|(\w+[-_])?(access|auth|api|bearer|refresh|oauth)[-_]?tokens?)$/i;
const exampleNames =
  /^((.*\.)?env[.-]?(example|sample|template|dist|defaults?|schema)|\.env\.(example|sample|template|dist|defaults?|schema|test\.example)|.*\.(example|sample|template)\.(env|key|pem))$/i;
const folders =
  /(^|\/)(\.ssh|\.secrets|\.envs|\.kamal\/secrets[^/]*|\.vscode\/sftp\.json|\.idea\/dataSources\.local\.xml|\.aws|\.gnupg|\.azure|\.password-store|\.kube|\.docker|\.config\/(gcloud|gh|op|doctl|glab-cli|hub|heroku|rclone|sops|(chromium|google-chrome|microsoft-edge|vivaldi|opera)[^/]*|BraveSoftware|github-copilot|configstore|hcloud|stripe|containers)|\.local\/share\/(keyrings|kwalletd|opencode)|Library\/(Keychains|Cookies|Safari|Application Support\/(Google\/Chrome[^/]*|Firefox|BraveSoftware|Microsoft Edge[^/]*))|\.mozilla|\.thunderbird|\.codex|\.gemini|\.terraform\.d|\.pulumi|\.oci|\.fly|\.railway|\.huggingface|\.(cargo\/credentials[^/]*|gem\/credentials|composer\/auth[^/]*|config\/composer\/auth[^/]*|gradle\/gradle\.properties|m2\/settings(-security)?\.xml|nuget\/NuGet\/NuGet\.Config)|\.claude\/(\.credentials|auth|history|projects)[^/]*)(\/|$)/i;
const ofSystem =
  /^\/(etc\/(shadow|gshadow|sudoers|ssh\/ssh_host_.*_key)(-|\.d\/.*)?|proc\/[^/]+\/(environ|mem|maps|root|cwd|fd)(\/.*)?|var\/run\/secrets\/.*|run\/secrets\/.*)$/;

/**
 * Whether a path looks like it holds keys, passwords, tokens or histories of what was typed. Judged by its name, and where a folder may have that as
 * well by what is there; examples don't count.
 */
export function looksSecret(path: string): boolean {
  const plain = path.includes('\\') ? path.replaceAll('\\', '/') : path;
  const name = basename(plain);
  const isNamed = names.test(name) || (copied.test(name) && names.test(originalOf(name)));
  return (isNamed || isInSecretFolder(plain) || ofSystem.test(plain) || isNamedFile(path, name)) && !isExample(path);
}

function isNamedFile(path: string, name: string): boolean {
  return fileNames.test(name) && isFile(path);
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What editors and people leave beside a file: `.env~`, `#.env#`, `..env.swp`, `..env.un~`, `server.key.bak`, `.env copy`, `.env (1)`. */
const copied = /(\.un~|~|#|\.sw[a-p]|\.(bak|old|orig|save|backup)|[ _-]copy|[ _-]old| \(\d+\))$/i;

function originalOf(name: string): string {
  const isSwap = /\.(sw[a-p]|un~)$/i.test(name);
  const bare = name.replace(copied, '');
  return isSwap || name.startsWith('#') ? bare.slice(1) : bare;
}

/** What can't match is told apart first: half a million paths are asked about in a large workspace. */
function isInSecretFolder(path: string): boolean {
  return (path.includes('/.') || path.startsWith('.') || /library\//i.test(path)) && folders.test(path);
}

/** `.env.example` and its like, which are there to be read. */
export function isExample(path: string): boolean {
  return exampleNames.test(basename(path));
}

/** Whether a path lies in git's own folder, whose settings may hold an address with a password in it. */
export function isGitData(path: string): boolean {
  return /(^|[\\/])\.git([\\/]|$)/.test(path);
}
