// The hold model on std::priority_queue: N events pend; each step takes the first and schedules it again after a drawn delay.
// usage: hold PENDING EVENTS; prints one line of JSON. The delays come from a table that bench/hold.ts makes in the same way.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <queue>
#include <vector>

struct Event {
  double at;
  uint64_t seq;
  int32_t kind, a, b;
};
struct Later {
  bool operator()(const Event& x, const Event& y) const { return x.at > y.at || (x.at == y.at && x.seq > y.seq); }
};

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  long pending = atol(argv[1]), events = atol(argv[2]);
  std::vector<double> delays(8192);
  uint32_t random = 1;
  for (auto& delay : delays) {
    random = random * 1664525u + 1013904223u;
    delay = std::round(-1e6 * std::log((random + 0.5) / 4294967296.0));
  }
  std::priority_queue<Event, std::vector<Event>, Later> queue;
  uint64_t seq = 0;
  unsigned k = 0;
  for (long i = 0; i < pending; i++) queue.push({delays[++k & 8191], seq++, 1, (int32_t)i, 0});
  double now = 0;
  auto step = [&](long count) {
    for (long i = 0; i < count; i++) {
      Event e = queue.top();
      queue.pop();
      now = e.at;
      queue.push({now + delays[++k & 8191], seq++, e.kind, e.a, e.b});
    }
  };
  step(std::max(pending, 1000000L));
  const clock_t start = clock();
  step(events);
  double seconds = double(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"seconds\": %.6f, \"count\": %ld, \"notes\": {\"now\": %.0f}}\n", seconds, events, now);
}
