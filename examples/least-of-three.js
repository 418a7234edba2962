// The least loaded of three backends drawn at random. Try it:  svclab tournament --quick --strategy ./<this file>
export default {
  name: 'least-of-three',
  title: 'the one with the fewest requests in flight, of three drawn at random',
  knows: 'localCounts', // nothing, membership, localCounts, localLatency, reports, probes, idleServers or global
  runs: 'client', // kernel, client, proxy or dispatcher
  create(view) {
    return {
      pick() {
        const { count, members, inFlight, random } = view;
        let best = -1; // no backend is available
        for (let i = 0; i < 3 && count > 0; i++) {
          const slot = members[random.below(count)];
          if (best < 0 || inFlight[slot] < inFlight[best]) best = slot;
        }
        return best;
      },
    };
  },
};
