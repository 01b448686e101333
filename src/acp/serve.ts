import { type Readable, Writable } from 'node:stream';
import {
  type AgentApp,
  type AgentContext,
  type AvailableCommand,
  agent,
  type ContentBlock,
  methods,
  type NewSessionRequest,
  ndJsonStream,
  PROTOCOL_VERSION,
  type PromptResponse,
  RequestError,
  type SessionInfo,
  type SessionModeState,
  type StopReason,
} from '@agentclientprotocol/sdk';
import { messageOf, UserError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { AnswerToQuestion } from '../core/questions/agent-question.ts';
import type { ApprovalChoice, ApprovalRequest } from '../core/questions/approval.ts';
import type { RunResult } from '../core/run/run-result.ts';
import type { Outcome } from '../core/types.ts';
import { describeQuestion, readPermissionAnswer } from './ask-permission.ts';
import { describeChoices, type EditorQuestion, readChoice } from './ask-question.ts';
import { type PromptWords, readPromptBlocks } from './prompt-blocks.ts';
import { createUpdates, pastUpdates } from './updates.ts';

/** A session as an editor works with it; `src/session` makes them. */
export type AcpSession = {
  readonly id: string;
  readonly cwd: string;
  /** What happened so far, in whole steps, of a session that is continued. */
  readonly past: readonly Event[];
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** One prompt: resolves when its turn has ended. Slash commands are told apart by the session. */
  readonly prompt: (words: PromptWords) => Promise<RunResult | string>;
  readonly cancel: () => void;
  readonly modes: () => SessionModeState;
  readonly setMode: (mode: string) => boolean;
  readonly commands: () => readonly AvailableCommand[];
  readonly close: () => Promise<void>;
};

/** How the editor's person is asked. */
export type AskEditor = {
  /** A question that can't be put is a no, and so is one whose turn ended (`signal`) before it was answered. */
  readonly permission: (question: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalChoice>;
  /** A question of the model. */
  readonly question: (asked: EditorQuestion, signal: AbortSignal) => Promise<AnswerToQuestion>;
};

export type AcpHost = {
  readonly version: string;
  /** Opens a new session, or goes on with `id`. Throws UserError where that can't be done. */
  readonly open: (
    request: Pick<NewSessionRequest, 'cwd' | 'mcpServers' | 'additionalDirectories'>,
    id: string | undefined,
    ask: AskEditor,
  ) => Promise<AcpSession>;
  readonly list: (cwd: string | undefined) => Promise<readonly SessionInfo[]>;
};

const stopReasons: Readonly<Record<Outcome, StopReason>> = {
  done: 'end_turn',
  error: 'end_turn',
  'turn-limit': 'max_turn_requests',
  budget: 'max_tokens',
  timeout: 'max_turn_requests',
  stuck: 'end_turn',
  denied: 'end_turn',
  aborted: 'cancelled',
};

/** Speaks the Agent Client Protocol over the given streams until the editor closes them. */
export async function serveAcp(host: AcpHost, input: Readable, output: Writable): Promise<void> {
  const sessions = new Map<string, AcpSession>();
  const stream = ndJsonStream(Writable.toWeb(output), bytesOf(input));
  const connection = createAcpAgent(host, sessions).connect(stream);
  await connection.closed;
  await Promise.all([...sessions.values()].map((session) => session.close()));
}

function bytesOf(input: Readable): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      input.on('data', (chunk: Uint8Array) => controller.enqueue(chunk));
      input.once('end', () => controller.close());
      input.once('error', (error) => controller.error(error));
    },
  });
}

/** The agent's side of the protocol, not yet connected. */
export function createAcpAgent(host: AcpHost, sessions: Map<string, AcpSession>): AgentApp {
  const sessionOf = (id: string): AcpSession => {
    const session = sessions.get(id);
    if (session === undefined) throw RequestError.resourceNotFound(id);
    return session;
  };
  const close = async (id: string): Promise<void> => {
    const session = sessions.get(id);
    sessions.delete(id);
    await session?.close();
  };
  const open = async (
    request: Parameters<AcpHost['open']>[0],
    id: string | undefined,
    client: AgentContext,
  ): Promise<AcpSession> => {
    if (id !== undefined) await close(id);
    const session: AcpSession = await host
      .open(request, id, {
        permission: (question, signal) => unlessOver(askEditor(session, question, client), signal, { kind: 'deny' }),
        question: (asked, signal) => unlessOver(putQuestion(session, asked, client), signal, { kind: 'skip' }),
      })
      .catch(throwInWords);
    sessions.set(session.id, session);
    const toUpdates = createUpdates(session.cwd);
    session.subscribe((event) => {
      for (const update of toUpdates(event))
        void client.notify(methods.client.session.update, { sessionId: session.id, update });
    });
    setImmediate(() => {
      const update = {
        sessionUpdate: 'available_commands_update' as const,
        availableCommands: [...session.commands()],
      };
      void client.notify(methods.client.session.update, { sessionId: session.id, update });
    });
    return session;
  };

  return agent({ name: 'wink-agent' })
    .onRequest(methods.agent.initialize, () => ({
      protocolVersion: PROTOCOL_VERSION,
      agentInfo: { name: 'wink-agent', title: 'wink-agent', version: host.version },
      agentCapabilities: {
        loadSession: true,
        promptCapabilities: { image: true, embeddedContext: true },
        mcpCapabilities: { http: true },
        sessionCapabilities: { list: {}, resume: {}, close: {}, additionalDirectories: {} },
      },
      authMethods: [],
    }))
    .onRequest(methods.agent.session.new, async ({ params, client }) => {
      const session = await open(params, undefined, client);
      return { sessionId: session.id, modes: session.modes() };
    })
    .onRequest(methods.agent.session.load, async ({ params, client }) => {
      const session = await open(params, params.sessionId, client);
      for (const update of pastUpdates(session.past, session.cwd))
        await client.notify(methods.client.session.update, { sessionId: session.id, update });
      return { modes: session.modes() };
    })
    .onRequest(methods.agent.session.resume, async ({ params, client }) => {
      const session = await open({ ...params, mcpServers: params.mcpServers ?? [] }, params.sessionId, client);
      return { modes: session.modes() };
    })
    .onRequest(methods.agent.session.list, async ({ params }) => ({
      sessions: [...(await host.list(params.cwd ?? undefined).catch(throwInWords))],
    }))
    .onRequest(methods.agent.session.close, async ({ params }) => {
      await close(params.sessionId);
      return {};
    })
    .onRequest(methods.agent.session.setMode, async ({ params, client }) => {
      const session = sessionOf(params.sessionId);
      if (!session.setMode(params.modeId)) throw new RequestError(-32602, noSuchMode(params.modeId, session));
      const update = { sessionUpdate: 'current_mode_update' as const, currentModeId: params.modeId };
      await client.notify(methods.client.session.update, { sessionId: session.id, update });
      return {};
    })
    .onRequest(methods.agent.session.prompt, ({ params, client, signal }) =>
      promptSession(sessionOf(params.sessionId), params.prompt, client, signal),
    )
    .onNotification(methods.agent.session.cancel, ({ params }) => sessions.get(params.sessionId)?.cancel());
}

function noSuchMode(mode: string, session: AcpSession): string {
  const names = session.modes().availableModes.map(({ id }) => id);
  return `There is no mode "${mode}"; the modes are ${names.join(', ')}.`;
}

async function promptSession(
  session: AcpSession,
  blocks: readonly ContentBlock[],
  client: AgentContext,
  signal: AbortSignal,
): Promise<PromptResponse> {
  const cancel = () => session.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    const result = await session.prompt(readPromptBlocks(blocks));
    const said = typeof result === 'string' ? result : result.error;
    if (said && (typeof result === 'string' || result.outcome !== 'aborted')) {
      const update = { sessionUpdate: 'agent_message_chunk' as const, content: { type: 'text' as const, text: said } };
      await client.notify(methods.client.session.update, { sessionId: session.id, update });
    }
    if (typeof result === 'string') return { stopReason: 'end_turn' };
    const { outcome, usage, filesChanged, wink } = result;
    return {
      stopReason: stopReasons[outcome],
      _meta: { wink: { outcome, filesChanged, tokens: usage, observer: wink } },
    };
  } catch (error) {
    throwInWords(error);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** What the user can put right is an error of its own in the protocol, with our sentence. */
function throwInWords(error: unknown): never {
  throw error instanceof UserError ? new RequestError(-32602, messageOf(error)) : error;
}

/** An editor may cancel a turn and leave the question about it open: the turn ends all the same. */
async function unlessOver<Answer>(asked: Promise<Answer>, signal: AbortSignal, otherwise: Answer): Promise<Answer> {
  if (signal.aborted) return otherwise;
  let end = () => {};
  const over = new Promise<Answer>((resolve) => {
    end = () => resolve(otherwise);
    signal.addEventListener('abort', end);
  });
  return Promise.race([asked, over]).finally(() => signal.removeEventListener('abort', end));
}

async function askEditor(
  session: AcpSession,
  question: ApprovalRequest,
  client: AgentContext,
): Promise<ApprovalChoice> {
  try {
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId: session.id,
      ...describeQuestion(question, session.cwd),
    });
    return readPermissionAnswer(outcome, question);
  } catch {
    return { kind: 'deny' };
  }
}

/** The protocol has no field for words, so only a question with answers to choose from can be put. */
async function putQuestion(
  session: AcpSession,
  asked: EditorQuestion,
  client: AgentContext,
): Promise<AnswerToQuestion> {
  if (asked.question.options.length === 0) return { kind: 'unable', reason: noWords };
  try {
    const { outcome } = await client.request(methods.client.session.requestPermission, {
      sessionId: session.id,
      ...describeChoices(asked),
    });
    return readChoice(outcome, asked);
  } catch {
    return { kind: 'unable', reason: noWords };
  }
}

const noWords =
  'This editor can only show answers to choose from: ask again with options, or end your turn with the question.';
