import { element } from './element.ts';
import type { Keyboard } from './keys.ts';

/** The list of keys, as a dialog. */
export function helpDialog(keyboard: () => Keyboard): { root: HTMLDialogElement; toggle(): void } {
  const body = element('div', {});
  const close = element('button', { type: 'button' }, 'Close');
  const root = element('dialog', { class: 'help', 'aria-label': 'Keys' }, element('h2', {}, 'Keys'), body, close);
  close.addEventListener('click', () => root.close());
  return {
    root,
    toggle: () => {
      if (root.open) return root.close();
      fill();
      root.showModal();
    },
  };

  function fill(): void {
    const rows = keyboard().actions.map(({ shown, says }) =>
      element('tr', {}, element('th', { scope: 'row' }, element('kbd', {}, shown)), element('td', {}, says)),
    );
    const letters = element('input', { type: 'checkbox', checked: keyboard().lettersOn });
    letters.addEventListener('change', () => {
      keyboard().lettersOn = letters.checked;
    });
    body.replaceChildren(
      element('table', {}, element('tbody', {}, ...rows)),
      element('p', {}, 'On lanes and charts: click goes there, drag pans, the wheel with Ctrl or Shift zooms.'),
      element('label', {}, letters, ' Keys that are a single letter or sign are on'),
    );
  }
}
