import type { Pod } from '../cluster/api/pod.ts';

/**
 * `$(NAME)` becomes the variable's value, where there is one; `$$` is a dollar sign.
 * @source k8s.io/kubernetes third_party/forked/golang/expansion/expand.go
 */
export function expandReferences(text: string, known: (name: string) => string | undefined): string {
  return text.replace(/\$\$|\$\(([^)]*)\)/g, (written, name: string | undefined) => {
    return name === undefined ? '$' : (known(name) ?? written);
  });
}

/** A field by its path in the downward API: `metadata.labels['app']`, `status.podIP`. @returns undefined: no such field */
export function fieldOfPod({ metadata, spec, status }: Pod, path: string): string | undefined {
  const [, map, key = ''] = /^metadata\.(labels|annotations)\['(.+)'\]$/.exec(path) ?? [];
  if (map !== undefined) return metadata[map as 'labels' | 'annotations'][key] ?? '';
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace;
    case 'metadata.uid':
      return metadata.uid;
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'status.hostIP':
      return status.hostIP ?? '';
    case 'status.podIP':
      return status.podIP ?? '';
    case 'status.podIPs':
      return (status.podIPs ?? []).map(({ ip }) => ip).join(',');
    default:
      return undefined;
  }
}
