// W1 on the core of ns-3: closures scheduled with Simulator::Schedule, the timeout cancelled with Simulator::Cancel.
// usage: w1_ns3 PODS REQUESTS [SCHEDULER-TYPE]; prints one line of JSON
#include <cmath>
#include <cstdio>
#include <deque>
#include <random>

#include "ns3/core-module.h"

using ns3::EventId;
using ns3::Seconds;
using ns3::Simulator;

struct Request {
  double sentAt;
  int pod;
  EventId timeout;
};

class World {
 public:
  World(int pods, long requests) : pods_(pods), requests_(requests), waiting_(pods), busy_(pods, 0) {}

  void Send() {
    Request* r;
    if (free_.empty()) {
      r = new Request;
    } else {
      r = free_.back();
      free_.pop_back();
    }
    r->sentAt = Now();
    r->pod = random_() % pods_;
    Simulator::Schedule(Seconds(0.00025), &World::Arrive, this, r);
    r->timeout = Simulator::Schedule(Seconds(1.0), &World::Timeout, this, r);
    if (++sent_ < requests_) Simulator::Schedule(Seconds(Exponential(1 / (700.0 * pods_))), &World::Send, this);
  }

  long answered = 0;
  double sojourn = 0;

 private:
  static double Now() { return Simulator::Now().GetSeconds(); }
  double Exponential(double mean) { return -mean * std::log(1 - uniform_(random_)); }

  void Arrive(Request* r) {
    if (busy_[r->pod]) {
      waiting_[r->pod].push_back(r);
    } else {
      busy_[r->pod] = 1;
      Simulator::Schedule(Seconds(Exponential(0.001)), &World::Complete, this, r);
    }
  }
  void Complete(Request* r) {
    auto& queue = waiting_[r->pod];
    Simulator::Schedule(Seconds(0.00025), &World::Answer, this, r);
    if (queue.empty()) {
      busy_[r->pod] = 0;
    } else {
      Simulator::Schedule(Seconds(Exponential(0.001)), &World::Complete, this, queue.front());
      queue.pop_front();
    }
  }
  void Answer(Request* r) {
    sojourn += Now() - r->sentAt;
    answered++;
    Simulator::Cancel(r->timeout);
    free_.push_back(r);
  }
  void Timeout(Request*) {}

  int pods_;
  long requests_, sent_ = 0;
  std::vector<std::deque<Request*>> waiting_;
  std::vector<char> busy_;
  std::vector<Request*> free_;
  std::mt19937_64 random_{1};
  std::uniform_real_distribution<double> uniform_{0, 1};
};

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  if (argc > 3) {
    ns3::ObjectFactory scheduler;
    scheduler.SetTypeId(argv[3]);
    Simulator::SetScheduler(scheduler);
  }
  World world(atoi(argv[1]), atol(argv[2]));
  const clock_t start = clock();
  Simulator::Schedule(Seconds(0), &World::Send, &world);
  Simulator::Run();
  double seconds = double(clock() - start) / CLOCKS_PER_SEC;
  printf("{\"seconds\": %.6f, \"count\": %ld, \"notes\": {\"meanMs\": %.4f}}\n", seconds, world.answered,
         1000 * world.sojourn / world.answered);
}
