import { parentPort, workerData } from 'node:worker_threads';
import { htmlToMarkdown } from './to-markdown.ts';

/** The thread that reads one page of HTML: a page that takes for ever, or all memory, is ended with its thread. */
const { html, url }: { html: string; url: string } = workerData;
parentPort?.postMessage(htmlToMarkdown(html, url));
