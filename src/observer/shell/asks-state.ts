import { lookUp } from '../../core/text/look-up.ts';
import { programWords } from './program-words.ts';
import type { SimpleCommand } from './simple-commands.ts';

/**
 * Programs that ask how something stands outside this machine or apart from the agent: a pipeline, a deployment, a server, a queue. The verbs
 * are those that only ask; `undefined`: the program does nothing else.
 */
const askers: Readonly<Record<string, readonly string[] | undefined>> = {
  gh: ['view', 'list', 'status', 'checks', 'watch'],
  glab: ['view', 'list', 'status', 'get', 'trace'],
  kubectl: ['get', 'describe', 'logs', 'wait', 'top', 'status', 'events', 'cluster-info'],
  oc: ['get', 'describe', 'logs', 'wait', 'status'],
  helm: ['status', 'list', 'ls', 'history', 'get'],
  flux: ['get', 'logs', 'events'],
  argocd: ['get', 'list', 'wait'],
  docker: ['ps', 'logs', 'inspect', 'stats', 'top', 'port', 'wait', 'ls', 'images', 'events'],
  podman: ['ps', 'logs', 'inspect', 'stats', 'top', 'port', 'wait', 'ls', 'images'],
  systemctl: ['status', 'is-active', 'is-failed', 'show', 'list-units', 'list-jobs'],
  service: ['status'],
  aws: undefined,
  gcloud: undefined,
  az: undefined,
  terraform: ['show', 'output', 'state'],
  heroku: ['ps', 'releases', 'logs', 'info', 'status', 'builds'],
  fly: ['status', 'logs', 'list', 'show'],
  flyctl: ['status', 'logs', 'list', 'show'],
  vercel: ['inspect', 'ls', 'list', 'logs'],
  netlify: ['status', 'watch', 'list'],
  nomad: ['status', 'logs', 'monitor'],
  npm: ['view', 'info', 'show', 'ping'],
  git: ['fetch', 'ls-remote'],
  pg_isready: undefined,
  'redis-cli': ['ping', 'info'],
  ping: undefined,
  nc: undefined,
  squeue: undefined,
  sacct: undefined,
  qstat: undefined,
  bjobs: undefined,
  journalctl: undefined,
  dig: undefined,
  nslookup: undefined,
  host: undefined,
  jobs: undefined,
  pgrep: undefined,
  ps: undefined,
  ss: undefined,
  lsof: undefined,
  'nvidia-smi': undefined,
};

/** Cloud clients take the verb as a part of a word: `describe-stacks`, `get-caller-identity`, `list`. */
const cloudVerb = /^(?:describe|get|list|show|wait|status)\b/;
const httpChange =
  /^(?:-X|--request)$|^-X(?!GET|HEAD)|^(?:-d|-F|-T|--data.*|--form.*|--upload-file|--json|--post-.*|--method)$/;

/** Whether a command asks for a state that others change, so that the same answer again only says: not yet. */
export function asksState(command: SimpleCommand): boolean {
  const words = programWords(command.words);
  const program = words[0]?.replace(/^.*\//, '') ?? '';
  if (program === 'curl' || program === 'wget' || program === 'http' || program === 'xh') return isPlainRequest(words);
  if (!Object.hasOwn(askers, program)) return false;
  const verbs = lookUp(askers, program);
  const said = words.slice(1).filter((word) => !word.startsWith('-'));
  if (program === 'aws' || program === 'gcloud' || program === 'az') return said.some((word) => cloudVerb.test(word));
  return verbs === undefined || said.some((word) => verbs.includes(word));
}

/** A request that fetches; a method that is named may still be one that only asks. */
function isPlainRequest(words: readonly string[]): boolean {
  return words.every((word, at) => !httpChange.test(word) || /^(?:GET|HEAD)$/.test(words[at + 1] ?? ''));
}

/** Short output that says that something outside is not over yet. */
export function saysPending(output: string): boolean {
  return (
    output.length < 600 &&
    /\b(?:in[ _-]?progress|pending|queued|waiting|not (?:yet )?ready|not yet|provisioning|creating|ContainerCreating|initiali[sz]ing|scheduled|deploying|still (?:running|building|working|waiting)|starting up)\b/i.test(
      output,
    )
  );
}
