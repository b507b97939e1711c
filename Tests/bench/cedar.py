#!/usr/bin/env python3
"""Asks Cedar what `bench-judge --cedar DIR` decided, and what asking costs: cedar.py DIR

Policies and entities are parsed once, before the clock runs. Ends with an error when Cedar and the judge disagree on
anything. Run it by the Python of a virtual environment with cedarpy; `make deps-bench` makes one.
"""
import json
import statistics
import sys
import time
from pathlib import Path

import cedarpy


def percentile(figures, share):
    return sorted(figures)[min(len(figures) - 1, int(len(figures) * share))]


def main():
    directory = Path(sys.argv[1])
    policies = cedarpy.PolicySet.from_str((directory / "policies.cedar").read_text(encoding="utf-8"))
    entities = cedarpy.Entities.from_json_str((directory / "entities.json").read_text(encoding="utf-8"))
    judge = json.loads((directory / "judge.json").read_text(encoding="utf-8"))
    messages = [json.loads(line) for line in (directory / "questions.jsonl").read_text(encoding="utf-8").splitlines()]

    own, whole, asked, passing, different = [], [], 0, 0, []
    fields = 0
    for number, message in enumerate(messages):
        requests = [request for field in message for request in field["requests"]]
        # Called twice, and the second time counts.
        cedarpy.is_authorized_batch(requests, policies, entities)
        began = time.perf_counter()
        results = cedarpy.is_authorized_batch(requests, policies, entities)
        whole.append((time.perf_counter() - began) * 1e6)
        own.append(sum(result.metrics["authz_duration_micros"] for result in results))
        asked += len(requests)
        broken = [error for result in results for error in result.diagnostics.errors]
        if broken:
            sys.exit(f"cedar.py: message {number}: a policy fails: {broken[0]}")
        answers = iter(results)
        for field in message:
            # Every role of a person must let it pass; of someone without any, nothing passes.
            allowed = [next(answers).allowed for _ in field["requests"]]
            fields += 1
            passing += field["passes"]
            if (bool(allowed) and all(allowed)) != field["passes"]:
                different.append((number, field))
    if different:
        number, field = different[0]
        sys.exit(f"cedar.py: Cedar and the judge disagree on {len(different)} of {fields} fields, first in message "
                 f"{number}, where the judge says {'pass' if field['passes'] else 'drop'}: {field['requests']}")
    if not 0.02 * fields < passing < 0.98 * fields:
        sys.exit(f"cedar.py: {passing} of {fields} fields pass: too few of one kind for the agreement to say much")

    questions = asked / len(messages)
    print(f"\nCedar (cedarpy), {judge['rules']} rules: agrees on all {fields} categories and subjects of "
          f"{len(messages)} messages, of which {passing} pass; {questions:.1f} questions a message\n")
    print(f"{'':>28} {'a message us':>13} {'p99 us':>13} {'a question us':>13} {'x the judge':>13}")
    rows = [("the judge", judge["medianMicros"], judge["p99Micros"])]
    for name, figures in (("Cedar's own clock", own), ("Cedar, as Python calls", whole)):
        rows.append((name, statistics.median(figures), percentile(figures, 0.99)))
    for name, median, p99 in rows:
        print(f"{name:>28} {median:13.1f} {p99:13.1f} {median / questions:13.2f} {median / judge['medianMicros']:13.1f}")
    print()


if __name__ == "__main__":
    main()
