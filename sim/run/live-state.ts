import type { LiveState } from '../dataplane/walk/network.ts';
import { LISTENING } from '../traffic/server.ts';
import type { World } from './world.ts';

/** What a run knows of the moment that it has come to. */
export function liveStateOf({ store, pods, nodes, network, links, servers }: World): LiveState {
  const slotOf = (name: string | null): number => {
    const node = name === null ? undefined : store.get('Node', '', name);
    return node === undefined ? OUTSIDE : nodes.slotOf(node);
  };
  return {
    isDown: (node) => network.isDown(slotOf(node)),
    isCut: (from, to) => links.isCut(slotOf(from), slotOf(to)),
    isListening: ({ metadata: { namespace, name } }) => {
      const pod = store.get('Pod', namespace, name);
      return pod !== undefined && servers.rows.state(pods.slotOf(pod)) === LISTENING;
    },
  };
}

/** As `Links` has it. */
const OUTSIDE = -1;
