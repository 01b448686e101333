// What the plugins for opencode and pi share: how they tell the observer of an event. It becomes a part of each when it is built.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Filled in by `wink-agent watch install`; a package finds its own way. */
const installedHome = '';
const home = installedHome || process.env.WINK_HOME || join(homedir(), '.wink');
const hook = join(home, 'watch', 'hook.sh');
const socket = join(home, 'watch', 'socket');
/** The hook gives up by itself after 150 ms; this is for a machine on which not even that works. In milliseconds. */
const patience = 2000;

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
      response.on('end', () => resolve(readAnswer(answer)));
      response.on('error', () => resolve({ kind: 'nothing' }));
    });
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      resolve({ kind: 'nothing' });
      asked.destroy();
    }, timeout);
    asked.on('close', () => clearTimeout(timer));
    // Nobody listens: the hook keeps the event, and starts who will. One that is only slow has the event already.
    asked.on('error', () => {
      if (!isLate) resolve(askByHook(agent, body));
    });
    asked.end(body);
  });
}

function askByHook(agent, body) {
  return new Promise((resolve) => {
    const nothing = () => resolve({ kind: 'nothing' });
    if (!existsSync(hook)) return startObserver(nothing);
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
  if (!existsSync(hook)) return { kind: 'nothing' };
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

/** Where the plugin came as a package: the program makes the hook when it is there at all. */
function startObserver(done) {
  const child = spawn('wink-agent', ['watch', 'resident'], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  done();
}
