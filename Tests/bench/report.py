#!/usr/bin/python3
"""Prints the figures of the loads as a table: report.py RESULTS CONNECTIONS SECONDS FILESYSTEM"""
import json
import os
import sys


def main():
    path, connections, seconds, filesystem = sys.argv[1:]
    rows = {}
    with open(path, encoding="utf-8") as file:
        for line in file:
            name, text = line.rstrip("\n").split("\t")
            rows[name] = json.loads(text)
    both = [rows["nginx"], rows["nginx-again"]]
    rate, cpu = (sum(row[member] for row in both) / 2 for member in ("perSecond", "cpuMicros"))
    print(f"\n{connections} connections, {seconds} s each, {os.cpu_count()} cores, log on {filesystem}\n")
    head = ["", "messages/s", "p50 ms", "p99 ms", "CPU us/message", "cores", "client cores", "rate : nginx", "CPU : nginx"]
    print("  ".join(f"{word:>14}" for word in head))
    for name, row in rows.items():
        figures = [f"{row['perSecond']:.0f}", *(f"{row[key]:.2f}" for key in ("p50", "p99")), f"{row['cpuMicros']:.0f}",
                   f"{row['cores']:.2f}", f"{row['clientCores']:.2f}", f"{row['perSecond'] / rate:.2f}",
                   f"{row['cpuMicros'] / cpu:.2f}"]
        print("  ".join(f"{word:>14}" for word in [name, *figures]))
    print("\nOnly the ratios mean something on another machine, or on this one an hour later.\n")


if __name__ == "__main__":
    main()
