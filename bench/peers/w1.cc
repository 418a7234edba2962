// W1 on std::priority_queue: what bench/w1.ts says. A timeout that was cancelled stays in the heap until its time comes.
// usage: w1 PODS REQUESTS [without-timers]; prints one line of JSON
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <deque>
#include <queue>
#include <random>
#include <vector>

enum Kind { Send, Arrive, Complete, Answer, Timeout };
struct Event {
  double at;
  uint64_t seq;
  Kind kind;
  int request;
};
struct Later {
  bool operator()(const Event& x, const Event& y) const { return x.at > y.at || (x.at == y.at && x.seq > y.seq); }
};
struct Request {
  double sentAt;
  int pod;
  bool live;
};

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  const int pods = atoi(argv[1]);
  const long requests = atol(argv[2]);
  const bool timers = argc < 4;
  const double rate = 1000, gap = 1 / (0.7 * rate * pods), network = 0.00025, timeout = 1;
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> uniform(0, 1);
  auto exponential = [&](double mean) { return -mean * std::log(1 - uniform(random)); };

  std::priority_queue<Event, std::vector<Event>, Later> queue;
  std::vector<std::deque<int>> waiting(pods);
  std::vector<char> busy(pods, 0);
  std::vector<Request> store;
  std::vector<int> freeSlots;
  uint64_t seq = 0;
  long sent = 0, answered = 0;
  double now = 0, sojourn = 0;
  auto schedule = [&](double delay, Kind kind, int request) { queue.push({now + delay, seq++, kind, request}); };

  const clock_t start = clock();
  schedule(0, Send, 0);
  while (!queue.empty()) {
    Event e = queue.top();
    queue.pop();
    now = e.at;
    switch (e.kind) {
      case Send: {
        int slot;
        if (freeSlots.empty()) {
          slot = (int)store.size();
          store.push_back({});
        } else {
          slot = freeSlots.back();
          freeSlots.pop_back();
        }
        store[slot] = {now, (int)(random() % pods), true};
        schedule(network, Arrive, slot);
        if (timers) schedule(timeout, Timeout, slot);
        if (++sent < requests) schedule(exponential(gap), Send, 0);
        break;
      }
      case Arrive: {
        int pod = store[e.request].pod;
        if (busy[pod]) {
          waiting[pod].push_back(e.request);
        } else {
          busy[pod] = 1;
          schedule(exponential(1 / rate), Complete, e.request);
        }
        break;
      }
      case Complete: {
        int pod = store[e.request].pod;
        schedule(network, Answer, e.request);
        if (waiting[pod].empty()) {
          busy[pod] = 0;
        } else {
          int next = waiting[pod].front();
          waiting[pod].pop_front();
          schedule(exponential(1 / rate), Complete, next);
        }
        break;
      }
      case Answer:
        sojourn += now - store[e.request].sentAt;
        answered++;
        store[e.request].live = false;
        if (!timers) freeSlots.push_back(e.request);
        break;
      case Timeout:
        freeSlots.push_back(e.request);
        break;
    }
  }
  double seconds = double(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"seconds\": %.6f, \"count\": %ld, \"notes\": {\"meanMs\": %.4f}}\n", seconds, answered, 1000 * sojourn / answered);
}
