import type { World } from '../data/world.ts';
import { element } from '../element.ts';
import type { ViewStore } from '../view-store.ts';

/** Kinds that can be found, in the order of the list. */
const KINDS = ['Client', 'Service', 'Workload', 'Node', 'Pod', 'Address', 'HorizontalPodAutoscaler', 'Fault'];
/** So many are listed. */
const MOST = 60;

/** A field that finds objects by name or kind, and the list of what it found, to select by mouse or keyboard. */
export function finder(world: World, store: ViewStore): HTMLElement {
  const field = element('input', {
    type: 'search',
    placeholder: 'Find a Pod, node, client…',
    'aria-label': 'Find an object',
  });
  const list = element('ul', { class: 'found' });
  const known = KINDS.flatMap((kind) => world.ofKind(kind).map((id) => ({ id, kind, name: world.label(id) })));
  const show = () => {
    const words = field.value.toLowerCase().split(/\s+/);
    const isIdle = field.value.trim() === '';
    list.hidden = isIdle && store.now.selection >= 0;
    const found = known.filter(({ kind, name }) =>
      words.every((word) => `${kind} ${name}`.toLowerCase().includes(word)),
    );
    const rest = found.length > MOST ? [element('li', { class: 'hint' }, `and ${found.length - MOST} more`)] : [];
    list.replaceChildren(...found.slice(0, MOST).map(({ id, kind, name }) => row(id, kind, name)), ...rest);
    if (found.length === 0) list.append(element('li', { class: 'hint' }, 'Nothing has that name.'));
  };
  field.addEventListener('input', show);
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') field.blur();
    if (event.key === 'Enter') list.querySelector('button')?.click();
  });
  store.watch(['selection'], show);
  return element('div', { class: 'finder' }, field, list);

  function row(id: number, kind: string, name: string): HTMLElement {
    const choose = element('button', { type: 'button' }, element('span', { class: 'kind' }, kind), ' ', name);
    choose.addEventListener('click', () => {
      field.value = '';
      store.set({ selection: id });
      show();
    });
    return element('li', {}, choose);
  }
}
