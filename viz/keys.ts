/** What a key does. `keys` are values of KeyboardEvent.key, letters in lower case. */
export interface KeyAction {
  readonly keys: readonly string[];
  /** As the list of keys shows them. */
  readonly shown: string;
  readonly says: string;
  readonly act: () => void;
}

/** Calls actions on their keys. None is taken while a text field has focus, nor with Ctrl, Alt or Meta. */
export class Keyboard {
  /** Single letters and signs can be switched off, for those who dictate (WCAG 2.1.4). */
  lettersOn = true;
  readonly actions: readonly KeyAction[];

  constructor(actions: readonly KeyAction[]) {
    this.actions = actions;
    document.addEventListener('keydown', (event) => this.#press(event));
  }

  #press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.altKey || event.metaKey || isTextField(event.target)) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (document.querySelector('dialog[open]') !== null && key !== '?') return;
    const isPressable =
      event.target instanceof HTMLElement && event.target.matches('button, [role=tab], a, summary, input');
    if (isPressable && (key === ' ' || key === 'Enter')) return;
    if (key.length === 1 && key !== ' ' && !this.lettersOn) return;
    const action = this.actions.find(({ keys }) => keys.includes(key));
    if (action === undefined) return;
    event.preventDefault();
    action.act();
  }
}

function isTextField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches('input[type=search], input[type=text], textarea, select');
}
