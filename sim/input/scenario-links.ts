import { z } from 'zod';
import { nodeReference } from './references.ts';
import type { LinkFault, LinkSide } from './scenario.ts';
import { duration, expecting, refuse, section, share } from './scenario-fields.ts';
import type { World } from './world.ts';

const A_SIDE = 'zone/NAME, node/NAME, or external';

function side(world: World) {
  return z
    .string({ error: expecting(A_SIDE) })
    .meta({ examples: ['zone/a', 'node/node-1', 'external'] })
    .transform((text, ctx): LinkSide => {
      if (text === 'external') return { kind: 'external' };
      const [kind, name = ''] = text.split('/', 2);
      if (kind === 'zone' && name !== '') return { kind, name };
      if (kind !== 'node') return refuse(ctx, `"${text}" is no side of a link`, { expected: A_SIDE });
      const node = nodeReference(world).safeParse(text);
      if (node.success) return { kind, name: node.data };
      return refuse(ctx, node.error.issues[0]!.message, { expected: 'a Node of the manifests or of cluster.nodes' });
    });
}

/** A fault of the network. @returns its fields as `LinkFault` */
export function linkSection(world: World) {
  return section({
    between: z
      .array(side(world))
      .min(1)
      .max(2)
      .describe('Its two sides: zone/a, node/node-1, external. With one alone: between it and all the rest.'),
    cut: z
      .boolean()
      .default(false)
      .describe('Nothing comes through: SYNs are sent again, data of connections waits for the end of the fault.'),
    delay: duration().prefault('0s').describe('Each packet is so much later.'),
    jitter: duration().prefault('0s').describe('And up to so much more, at random.'),
    loss: share()
      .prefault(0)
      .describe('Share of packets lost: a SYN costs a second, data 200 ms, and twice that each further time.'),
  }).transform(({ between, cut, delay, jitter, loss }, ctx): LinkFault => {
    if (!cut && delay === 0 && jitter === 0 && loss === 0) {
      return refuse(ctx, 'nothing happens to this link', {
        expected: 'cut: true, delay: 20ms, jitter: 5ms, or loss: 1%',
      });
    }
    const [one, other = { kind: 'rest' } as const] = between as [LinkSide, LinkSide?];
    return { between: [one, other], isCut: cut, delay, jitter, loss };
  });
}
