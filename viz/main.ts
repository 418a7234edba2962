import { readHeader } from '../sim/trace/reader.ts';
import { TraceError } from '../sim/trace/trace-error.ts';
import { showTrace } from './app.ts';
import { readInSlices, traceBytes } from './data/source.ts';
import { element } from './element.ts';
import { putOn, systemTheme } from './inks.ts';

/** The page's script: finds its trace, reads it, shows it, or says in words why not. */
async function main(): Promise<void> {
  putOn(systemTheme());
  const root = document.getElementById('app') ?? document.body;
  try {
    const bytes = await traceBytes(document);
    const { scenario, variant } = readHeader(bytes);
    const progress = element('p', { class: 'opening', role: 'status' });
    const title = `${scenario}${variant ? ` · ${variant}` : ''}`;
    document.title = `${title} · svclab`;
    root.replaceChildren(element('h1', { class: 'opening' }, title), progress);
    const trace = await readInSlices(bytes, (share) => {
      progress.textContent = `Opening, ${Math.round(share * 100)} %`;
    });
    showTrace(root, trace);
  } catch (error) {
    if (!(error instanceof TraceError)) console.error(error);
    const says = error instanceof TraceError ? error.message : `svclab has made a mistake: ${String(error)}`;
    root.replaceChildren(
      element(
        'main',
        { class: 'refusal', role: 'alert' },
        element('h1', {}, 'This trace cannot be shown'),
        element('p', {}, says),
      ),
    );
  }
}

void main();
