"""W1 in SimPy: a process per request, a Resource per pod, the timeout as an event that the answer races.

usage: w1.py PODS REQUESTS; prints one line of JSON
"""

import json
import random
import sys
import time

import simpy

pods, requests = int(sys.argv[1]), int(sys.argv[2])
rng = random.Random(1)
env = simpy.Environment()
servers = [simpy.Resource(env, capacity=1) for _ in range(pods)]
sojourns = [0.0, 0]


def work(server):
    yield env.timeout(0.00025)
    with server.request() as turn:
        yield turn
        yield env.timeout(rng.expovariate(1000))
    yield env.timeout(0.00025)


def request():
    sent = env.now
    timeout = env.timeout(1)
    answer = env.process(work(servers[rng.randrange(pods)]))
    yield answer | timeout
    sojourns[0] += env.now - sent
    sojourns[1] += 1


def clients():
    for _ in range(requests):
        env.process(request())
        yield env.timeout(rng.expovariate(700 * pods))


env.process(clients())
start = time.process_time()
env.run()
seconds = time.process_time() - start
print(json.dumps({"seconds": seconds, "count": sojourns[1], "notes": {"meanMs": 1000 * sojourns[0] / sojourns[1]}}))
