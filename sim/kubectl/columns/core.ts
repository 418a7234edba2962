import type { ConfigMap, Namespace } from '../../cluster/api/kinds.ts';
import { ageColumn, type Column, nameColumn } from '../printer.ts';

/** @source kubernetes pkg/printers/internalversion/printers.go printNamespace */
export const namespaceColumns: readonly Column<Namespace>[] = [
  nameColumn(),
  { heading: 'STATUS', cell: ({ metadata }) => (metadata.deletionTimestamp === undefined ? 'Active' : 'Terminating') },
  ageColumn(),
];

/** @source printConfigMap: keys of data and of binaryData */
export const configMapColumns: readonly Column<ConfigMap>[] = [
  nameColumn(),
  {
    heading: 'DATA',
    cell: ({ data = {}, ...rest }) =>
      `${Object.keys(data).length + Object.keys((rest as { binaryData?: object }).binaryData ?? {}).length}`,
  },
  ageColumn(),
];
