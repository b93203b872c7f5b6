#!/usr/bin/env python3
"""Asks other libraries for the shortest ways that `doorstep-bench routes` was asked for, and times them.

    route_peers.py EDGES PAIRS

EDGES: "from to metres" a line; PAIRS: "from to" a line; nodes are numbers. Prints a line a library: microseconds a query.
They answer the plain question, the shortest way in metres, without turns, stops and times; scipy computes the way to every
node. Libraries that are not installed are told and passed over (pip install scipy rustworkx).
"""
import sys
import time

import numpy


def timed(name, pairs, ask, limit_s=30.0):
    times, begun = [], time.perf_counter()
    for start, goal in pairs:
        before = time.perf_counter_ns()
        ask(int(start), int(goal))
        times.append((time.perf_counter_ns() - before) / 1000)
        if time.perf_counter() - begun > limit_s:
            break
    times.sort()
    print(f"  peer {name}: queries {len(times)} p50 {times[len(times) // 2]:.1f} p99 {times[len(times) * 99 // 100]:.1f}")


def main():
    edges = numpy.fromfile(sys.argv[1], sep=" ").reshape(-1, 3)
    pairs = numpy.loadtxt(sys.argv[2], dtype=int, ndmin=2)
    nodes = int(edges[:, :2].max()) + 1
    try:
        from scipy.sparse import csr_matrix
        from scipy.sparse.csgraph import dijkstra

        matrix = csr_matrix((edges[:, 2], (edges[:, 0].astype(int), edges[:, 1].astype(int))), shape=(nodes, nodes))
        timed("scipy dijkstra (to every node)", pairs, lambda a, b: dijkstra(matrix, indices=a))
    except ImportError:
        print("  peer scipy: not installed")
    try:
        import rustworkx

        graph = rustworkx.PyDiGraph()
        graph.add_nodes_from(range(nodes))
        graph.add_edges_from([(int(a), int(b), w) for a, b, w in edges])
        is_unit = bool((edges[:, 2] == 1).all())
        weights = {"default_weight": 1.0} if is_unit else {"weight_fn": float}
        timed(
            "rustworkx dijkstra (to the goal)", pairs,
            lambda a, b: rustworkx.digraph_dijkstra_shortest_paths(graph, a, target=b, **weights))
    except ImportError:
        print("  peer rustworkx: not installed")


main()
