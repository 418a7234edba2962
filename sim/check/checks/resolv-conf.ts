import { podResolvConf } from '../../discovery/resolv-conf.ts';
import { section } from '../../input/scenario-fields.ts';
import { defineCheck, judge } from '../check.ts';
import { address, item, plainSet, sequence, text } from '../match/pattern.ts';
import { namespacedName, objectOf } from './object-of.ts';

const expectation = item({ nameservers: sequence(address), search: sequence(text), options: plainSet(text) });

/** The /etc/resolv.conf that the kubelet gives to a Pod. */
export const resolvConfCheck = defineCheck({
  name: 'resolvConf',
  fields: section({ pod: namespacedName }),
  expect: expectation.schema,
  title: ({ pod }) => `resolvConf ${pod}`,
  run: (world, { pod }, expect) => {
    const { file, why, warnings } = podResolvConf(objectOf(world, 'Pod', pod), world.settings.dns);
    return judge(expectation, expect, file, [why, ...warnings]);
  },
});
