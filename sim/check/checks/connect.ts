import { z } from 'zod';
import { connect } from '../../dataplane/walk/connect.ts';
import { defineCheck, judge } from '../check.ts';
import { endpointAddress } from '../match/endpoint-address.ts';
import { item, value, wholeSet } from '../match/pattern.ts';
import { askedConnection, connectionFields, connectionTitle } from './connection-fields.ts';

const expectation = item({
  outcome: value(z.enum(['allowed', 'denied', 'refused', 'unreachable', 'timeout'])),
  backends: wholeSet(endpointAddress),
});

/** One connection: the data plane, network policies and the Pod's ports together. */
export const connectCheck = defineCheck({
  name: 'connect',
  fields: connectionFields,
  expect: expectation.schema,
  title: (fields) => `connect ${connectionTitle(fields)}`,
  run: (world, fields, expect) => {
    const { network, sender, to, why } = askedConnection(world, fields);
    const { outcome, backends, because, attempts, decision } = connect(network, sender, to, fields.protocol);
    const each = attempts.map((attempt) => `${attempt.address} ${attempt.outcome}: ${attempt.because}`);
    const rules = decision.verdict === 'accept' ? [] : [decision.because];
    return judge(expectation, expect, { outcome, backends }, [
      ...why,
      ...rules,
      ...(each.length > 0 ? each : [because]),
    ]);
  },
});
