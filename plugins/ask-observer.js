// What the plugins for opencode and pi share: how they tell the observer of an event. It becomes a part of each when it is built.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Filled in by `wink-agent watch install`; a package finds its own way. */
const installedHome = '';
const home = installedHome || process.env.WINK_HOME || join(homedir(), '.wink');
const hook = join(home, 'watch', 'hook.sh');
const socket = join(home, 'watch', 'socket');
const spool = join(home, 'watch', 'spool');
/** The program in whose package this plugin lies. */
const launcher = fileURLToPath(new URL('../../bin/wink-agent.cjs', import.meta.url));
/** The hook gives up by itself after 150 ms; this is for a machine on which not even that works. In milliseconds. */
const patience = 2000;

/** Answers in a row that came too late; after so many the hook looks whether the observer hangs, and ends it then. */
let late = 0;
const manyLate = 10;

/**
 * Tells the observer of an event of `agent`, and gives its answer: `{ kind: 'nothing' | 'context' | 'deny' | 'go-on' | 'stop', text?, reason? }`. Never
 * throws and never takes long: without an observer the answer is `nothing`.
 */
export function askObserver(agent, event) {
  const body = JSON.stringify(event);
  return new Promise((resolve) => {
    const timeout = 1000 * Number(process.env.WINK_WATCH_SECONDS || 0.15);
    const asked = request({ socketPath: socket, path: `/${agent}`, method: 'POST' }, (response) => {
      let answer = '';
      response.on('data', (chunk) => {
        answer += chunk;
      });
      response.on('end', () => {
        late = 0;
        resolve(readAnswer(answer));
      });
      response.on('error', () => resolve({ kind: 'nothing' }));
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      resolve({ kind: 'nothing' });
      asked.destroy();
      late += 1;
      if (late % manyLate === 0) endHung();
    }, timeout);
    asked.on('close', () => clearTimeout(timer));
    // Nobody listens: the hook keeps the event, and starts who will. One that is only slow has the event already.
    asked.on('error', () => {
      if (!isLate) resolve(askByHook(agent, body));
    });
    asked.end(body);
  });
}

function endHung() {
  if (!existsSync(hook)) return;
  const child = spawn('sh', [hook, 'late'], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}

function askByHook(agent, body) {
  return new Promise((resolve) => {
    const nothing = () => resolve({ kind: 'nothing' });
    if (!existsSync(hook)) {
      startObserver(agent, body);
      return nothing();
    }
    const child = spawn('sh', [hook, agent], { stdio: ['pipe', 'pipe', 'ignore'] });
    const timer = setTimeout(() => child.kill(), patience);
    let answer = '';
    child.stdout.on('data', (chunk) => {
      answer += chunk;
    });
    child.stdin.on('error', () => {});
    child.on('error', nothing);
    child.on('close', () => {
      clearTimeout(timer);
      resolve(readAnswer(answer));
    });
    child.stdin.end(body);
  });
}

/** The same where the agent goes on without waiting for its plugins: it stands still meanwhile. */
export function askObserverNow(agent, event) {
  if (!existsSync(hook)) {
    startObserver(agent, JSON.stringify(event));
    return { kind: 'nothing' };
  }
  const options = { input: JSON.stringify(event), encoding: 'utf8', timeout: patience };
  return readAnswer(spawnSync('sh', [hook, agent], options).stdout ?? '');
}

function readAnswer(text) {
  try {
    return JSON.parse(text);
  } catch {
    return { kind: 'nothing' };
  }
}

let kept = 0;
let startedAt = 0;
/** A start that came to nothing is tried again after so long. In milliseconds. */
const startAgain = 10_000;

/** Where the plugin came as a package nobody has made the hook yet: the event is kept as the hook would keep it, and the program makes the rest. */
function startObserver(agent, body) {
  // A copy whose program was removed.
  if (installedHome || !existsSync(launcher)) return;
  try {
    mkdirSync(spool, { recursive: true, mode: 0o700 });
    // In the order of their names, which begin with nanoseconds.
    const path = join(spool, `${Date.now()}${String(kept++).padStart(6, '0')}-${process.pid}`);
    writeFileSync(`${path}.part`, body, { mode: 0o600 });
    renameSync(`${path}.part`, `${path}.${agent}`);
  } catch {
    // A home that can't be written: there is no observer then.
    return;
  }
  if (Date.now() - startedAt < startAgain) return;
  startedAt = Date.now();
  const child = spawn('node', [launcher, 'watch', 'resident'], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
