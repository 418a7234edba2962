import { readingTrace } from '../../sim/trace/reader.ts';
import type { Trace } from '../../sim/trace/trace.ts';
import { TraceError } from '../../sim/trace/trace-error.ts';

/** So long may the page be busy decoding before it paints and listens again, ms. */
const SLICE_MS = 12;

/**
 * The bytes of the trace that this page shows: those inside the page (base64 in `script#trace`), or those that its server
 * has (`meta[name=svclab-trace]` names where).
 * @throws TraceError if there are none
 */
export async function traceBytes(page: Document): Promise<Uint8Array> {
  const embedded = page.querySelector('script#trace');
  if (embedded !== null) return bytesOf(embedded.textContent ?? '');
  const address = page.querySelector('meta[name=svclab-trace]')?.getAttribute('content');
  if (!address) throw new TraceError('this page holds no trace');
  const response = await fetch(address);
  if (!response.ok) throw new TraceError(`the server of this page has no trace any more (${response.status})`);
  return new Uint8Array(await response.arrayBuffer());
}

/** Reads the trace in slices, so that the page stays alive. */
export async function readInSlices(bytes: Uint8Array, progress: (share: number) => void): Promise<Trace> {
  const steps = readingTrace(bytes);
  let sliceStart = performance.now();
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() - sliceStart < SLICE_MS) continue;
    progress(step.value);
    await new Promise((resume) => setTimeout(resume));
    sliceStart = performance.now();
  }
}

function bytesOf(base64: string): Uint8Array {
  let characters: string;
  try {
    characters = atob(base64.trim());
  } catch {
    throw new TraceError('the trace inside this page is damaged');
  }
  const bytes = new Uint8Array(characters.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = characters.charCodeAt(i);
  return bytes;
}
