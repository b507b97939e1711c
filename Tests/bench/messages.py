#!/usr/bin/python3
"""Makes the messages of the bench from a protocol's examples.

messages.py EXAMPLES OUT             writes opening.json, and referral.json: a template, each message of which opens a case
messages.py EXAMPLES OUT RECEIPT     with the receipt of opening.json: screening.json, allocation.json, which put a unit in
                                     charge of that case, and update.json: a template, each message of which goes to it

A template has {{sequence}} where every message has digits of its own. Both are padded with words to 4 KiB.
"""
import json
import pathlib
import sys

BYTES = 4096
SEQUENCE = "{{sequence}}"


def main():
    examples, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])

    def load(name, **attributes):
        return {**json.loads((examples / name).read_text()), **attributes}

    def write(name, event, padded=None):
        text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        if padded:
            missing = BYTES - len(text.encode())
            words = "words about what happened, " * (1 + max(0, missing) // 20)
            event["data"][padded] = (event["data"].get(padded, "") + " " + words[:max(0, missing - 1)]).strip()
            text = json.dumps(event, separators=(",", ":"), ensure_ascii=False)
        (out / name).write_text(text)
        return text

    if len(sys.argv) == 3:
        write("opening.json", load("01-referral.json", id="bench-opening", subject="bench-opening"))
        event = load("01-referral.json", id=f"m-{SEQUENCE}", subject=f"c-{SEQUENCE}")
        text = write("referral.json", event, padded="narrative")
    else:
        receipt = json.loads(pathlib.Path(sys.argv[3]).read_text())
        persons = {"{{person:harmed}}": receipt["persons"]["V-301"], "{{person:harmer}}": receipt["persons"]["S-118"]}

        def known(event):
            text = json.dumps(event).replace("{{case}}", receipt["case"])
            for name, person in persons.items():
                text = text.replace(name, person)
            return json.loads(text)

        write("screening.json", known(load("02-screening-decision.json", id="bench-screening")))
        write("allocation.json", known(load("03-allocation.json", id="bench-allocation")))
        event = known(load("05-case-update.json", id=f"u-{SEQUENCE}", recipients="rj-hub"))
        # Supporters until there are as many fields as in a referral.
        harmed, supporter = event["data"]["attendees"]
        event["data"]["attendees"] = [harmed] + [
            {**supporter, "ref": f"AT-sup-{number}", "access-needs": harmed["access-needs"]} for number in range(1, 13)]
        event["data"]["names-others"] = "yes"
        event["data"]["note"] = "A remark:"
        text = write("update.json", event, padded="note")
    print(f"{len(text.encode())} bytes, {leaves(event['data'])} fields")


def leaves(value):
    if isinstance(value, dict):
        return sum(map(leaves, value.values()))
    return sum(map(leaves, value)) if isinstance(value, list) else 1


if __name__ == "__main__":
    main()
