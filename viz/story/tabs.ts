import { element } from '../element.ts';

/** Panels of which one is seen, with tabs above. @returns the whole, and what brings one to the front */
export function tabbed(panels: Readonly<Record<string, HTMLElement>>): { root: HTMLElement; show(name: string): void } {
  const names = Object.keys(panels);
  const tabs = names.map((name) => {
    const tab = element(
      'button',
      { type: 'button', role: 'tab', id: `tab-${name}`, 'aria-controls': `panel-${name}` },
      name,
    );
    tab.addEventListener('click', () => show(name));
    tab.addEventListener('keydown', (event) => {
      if (event.key !== 'ArrowLeft' && event.key !== 'ArrowRight') return;
      event.stopPropagation();
      const next = names[(names.indexOf(name) + (event.key === 'ArrowRight' ? 1 : names.length - 1)) % names.length]!;
      show(next);
      tabs[names.indexOf(next)]!.focus();
    });
    return tab;
  });
  for (const [name, panel] of Object.entries(panels)) {
    panel.id = `panel-${name}`;
    panel.setAttribute('role', 'tabpanel');
    panel.setAttribute('aria-labelledby', `tab-${name}`);
    panel.tabIndex = 0;
  }
  show(names[0]!);
  const list = element('div', { role: 'tablist', 'aria-label': 'Story and details' }, ...tabs);
  return {
    root: element('section', { class: 'tabs', 'aria-label': 'Story and details' }, list, ...Object.values(panels)),
    show,
  };

  function show(name: string): void {
    names.forEach((its, i) => {
      tabs[i]!.setAttribute('aria-selected', String(its === name));
      tabs[i]!.tabIndex = its === name ? 0 : -1;
      panels[its]!.hidden = its !== name;
    });
  }
}
