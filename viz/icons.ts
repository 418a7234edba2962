import { svgElement } from './element.ts';

/** Outlines on a 16 × 16 grid, drawn with the colour of the text. */
const PATHS = {
  play: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  slower: 'M8 3v10L1.5 8zM14.5 3v10L8 8z',
  faster: 'M1.5 3v10L8 8zM8 3v10l6.5-5z',
  start: 'M2 3h2v10H2zM13.5 3v10L5.5 8z',
  end: 'M12 3h2v10h-2zM2.5 3v10l8-5z',
  previous: 'M10.5 3.2 5.7 8l4.8 4.8-1.2 1.2L3.3 8l6-6z',
  next: 'M5.5 3.2 10.3 8l-4.8 4.8L6.7 14l6-6-6-6z',
  zoomIn: 'M7 2.2h2V7h4.8v2H9v4.8H7V9H2.2V7H7z',
  zoomOut: 'M2.2 7h11.6v2H2.2z',
  whole:
    'M1.5 3h1.6v10H1.5zM12.900 3h1.6v10h-1.6zM6.300 4.500 4.4 7.200h7.2L9.700 4.500l1.400-1 3.100 4.500-3.100 4.500-1.400-1 1.900-2.700H4.4l1.900 2.700-1.400 1L1.800 8l3.100-4.500z',
  focus:
    'M2 2h4v1.600H3.600V6H2zM10 2h4v4h-1.600V3.600H10zM2 10h1.600v2.400H6V14H2zM12.400 10H14v4h-4v-1.600h2.400zM6.200 6.200h3.600v3.600H6.200z',
  mark: 'M3.500 1.500h1.600V3H13l-2 3 2 3H5.100v5.500H3.500z',
  theme: 'M8 1.500a6.500 6.500 0 1 0 0 13zM8 1.500v1.400a5.100 5.100 0 0 1 0 10.200v1.400a6.500 6.500 0 0 0 0-13z',
  help: 'M8 1.2a6.800 6.800 0 1 0 0 13.600A6.800 6.800 0 0 0 8 1.200zm0 1.500a5.300 5.300 0 1 1 0 10.600A5.300 5.300 0 0 1 8 2.700zM7.200 10.700h1.600v1.500H7.200zM8 4c-1.500 0-2.500.9-2.600 2.300h1.500c.1-.6.500-1 1.100-1s1 .4 1 1c0 .5-.300.800-.900 1.200-.700.5-.9 1-.9 1.900h1.500c0-.5.200-.700.700-1.100.7-.5 1.100-1.100 1.100-2C10.500 4.900 9.500 4 8 4z',
} as const;

export type Icon = keyof typeof PATHS;

export function icon(name: Icon): SVGSVGElement {
  const path = svgElement('path', { d: PATHS[name], fill: 'currentColor', 'fill-rule': 'evenodd' });
  return svgElement('svg', { viewBox: '0 0 16 16', width: 14, height: 14, 'aria-hidden': 'true' }, path);
}
