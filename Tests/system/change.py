#!/usr/bin/python3
"""Changes the protocol of a running gateway under traffic, with `kill -9` between the steps, and goes back.

Claims, each checked from outside with the command line, HTTP and the export of the log:
  - nobody approves what they proposed, a broken text is turned away, and the gateway goes on under the old one;
  - what was approved before the plug was pulled is approved after it, and what was in force is in force;
  - every message is judged whole under one text: its envelope, its leaf and the order of the log say the same one;
  - one admin stops a message at once; the same admin asking twice does not resume it, two do;
  - going back puts the text before in force, and the log verifies.

Standard library and the openssl tool only.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from kill import HUB, MESSAGE_TYPE, POLICE, REPOSITORY, Deployment, Failure, read_entries


class Story:
    def __init__(self, deployment, scratch):
        self.deployment, self.scratch = deployment, scratch
        self.template = json.loads((REPOSITORY / "certs-example/referral.json").read_text())
        self.stopping = threading.Event()
        self.accepted, self.seen, self.failures = set(), {}, []

    def claim(self, words, holds, said=""):
        if not holds:
            raise Failure(f"does not hold: {words}\n{said}")
        print(f"ok: {words}", flush=True)

    def admin(self, who, *arguments):
        """Exit status and output of a command as one of the two admins."""
        directory = self.deployment.directory
        done = subprocess.run(
            [self.deployment.binary, "admin", *map(str, arguments), "--url", f"https://127.0.0.1:{self.deployment.desk_port}",
             "--certificate", directory / f"people/gateway.{who}.chain.crt",
             "--key", directory / f"people/gateway.{who}.key", "--ca", directory / "authority/trust.pem", "--json"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
        return done.returncode, (done.stdout + done.stderr).decode(errors="replace")

    def insist(self, who, *arguments):
        status, said = self.admin(who, *arguments)
        if status != 0:
            raise Failure(f"admin {' '.join(map(str, arguments[:2]))} ended with {status}: {said}")
        return json.loads(said)

    def event(self, identifier):
        event = json.loads(json.dumps(self.template))
        event.update(id=identifier, source=POLICE, subject=f"case-{identifier}", recipients=HUB)
        return json.dumps(event).encode()

    def send(self):
        client, number = self.deployment.client(f"parties/{POLICE}", self.deployment.data_port), 0
        while not self.stopping.is_set():
            number += 1
            identifier = f"m-{number}"
            status, content = client.insist("POST", "/v1/messages", self.event(identifier))
            if status == 202:
                self.accepted.add(identifier)
            elif b"message.stopped" not in content:
                raise Failure(f"a message was answered {status}: {content.decode(errors='replace')}")
            time.sleep(0.02)

    def fetch(self):
        client = self.deployment.client(f"parties/{HUB}", self.deployment.data_port)
        while not self.stopping.is_set():
            status, content = client.insist("GET", "/v1/inbox?wait=1&limit=50")
            for item in json.loads(content)["deliveries"] if status == 200 else []:
                self.seen[item["event"]["id"]] = item["event"]["protocol"]
                client.insist("POST", f"/v1/inbox/{item['delivery']}/ack", b"")

    def guarded(self, work):
        def body():
            try:
                work()
            except Exception as error:  # every kind of failure ends the run, and is told
                if not self.stopping.is_set():
                    self.failures.append(f"{type(error).__name__}: {error}")
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    def plug(self):
        self.deployment.kill()
        self.deployment.start()

    def until(self, words, holds):
        deadline = time.monotonic() + 120
        while not holds():
            if self.failures:
                raise Failure("\n".join(self.failures))
            if time.monotonic() > deadline:
                raise Failure(f"not within two minutes: {words}")
            time.sleep(0.1)
        print(f"ok: {words}", flush=True)

    def next_text(self):
        """The directory of a next version; what it says is the same but for its version."""
        directory = self.scratch / "next"
        shutil.copytree(self.deployment.directory / "protocol", directory, symlinks=True)
        # Its worked cases are dated in a period that this run has moved to today.
        shutil.rmtree(directory / "cases")
        # What the text includes lies beside its directory.
        shared = self.deployment.directory / "common"
        if shared.is_dir():
            shutil.copytree(shared, self.scratch / "common", symlinks=True, dirs_exist_ok=True)
        text = directory / "protocol.yaml"
        text.write_text(re.sub(r"(?m)^version:.*$", "version: 99.0.0", text.read_text()))
        return directory

    def tell(self):
        self.deployment.start()
        threads = [self.guarded(self.send), self.guarded(self.fetch)]
        first = self.insist("admin-1", "protocols", "list")["in-force"]
        self.until("messages go under the first text", lambda: len(self.seen) > 5)
        directory = self.next_text()
        broken = self.scratch / "broken"
        shutil.copytree(directory, broken)
        (broken / "protocol.yaml").write_text("protocol: [")
        status, said = self.admin("admin-1", "protocols", "propose", broken)
        self.claim("a text that does not load is turned away", status == 1 and "protocol.broken" in said, said)
        version = self.insist("admin-1", "protocols", "propose", directory)["id"]
        report = self.insist("admin-2", "protocols", "show", version)["report"]
        self.claim("it was checked, tested and compared", report["check"]["passed"] and "test" in report
                   and "difference" in report, json.dumps(report)[:500])
        status, said = self.admin("admin-1", "protocols", "approve", version)
        self.claim("nobody approves what they proposed", status == 1 and "admin.same-person" in said, said)
        status, said = self.admin("dpo", "protocols", "approve", version)
        self.claim("who is no admin approves nothing", status == 1 and "admin.not-one" in said, said)
        self.insist("admin-2", "protocols", "approve", version)
        self.plug()
        states = {one["id"]: one["state"] for one in self.insist("admin-1", "protocols", "list")["versions"]}
        self.claim("what was approved is approved after kill -9", states == {first: "active", version: "approved"}, states)
        self.insist("admin-1", "protocols", "activate", version)
        self.plug()
        listed = self.insist("admin-1", "protocols", "list")
        self.claim("what was in force is in force after kill -9", listed["in-force"] == version, listed)
        self.until("messages go under the second text", lambda: any("@99.0.0 " in one for one in list(self.seen.values())))
        self.stop_and_resume()
        self.insist("admin-2", "protocols", "rollback", version)
        mark = len(self.seen)
        self.until("messages go under the first text again", lambda: len(self.seen) > mark + 20
                   and "@99.0.0 " not in list(self.seen.values())[-1])
        self.until("everything accepted was delivered", lambda: self.accepted <= set(self.seen))
        self.stopping.set()
        for thread in threads:
            thread.join(130)
        self.judge_log(version)
        self.deployment.stop()

    def stop_and_resume(self):
        client = self.deployment.client(f"parties/{POLICE}", self.deployment.data_port)
        self.insist("admin-1", "stop", "message", "referral")
        status, content = client.insist("POST", "/v1/messages", self.event("stopped"))
        self.claim("one admin stops a message at once", status == 403 and b"message.stopped" in content, content)
        self.insist("admin-1", "resume", "message", "referral")
        status, said = self.admin("admin-1", "resume", "message", "referral")
        self.claim("the same admin twice is one", status == 1 and "admin.same-person" in said, said)
        self.plug()
        self.insist("admin-2", "resume", "message", "referral")
        status, content = client.insist("POST", "/v1/messages", self.event("resumed"))
        self.claim("two admins resume it, also over kill -9", status == 202, content)
        self.accepted.add("resumed")

    def judge_log(self, version):
        client = self.deployment.client("people/gateway.dpo", self.deployment.desk_port)
        status, content = client.insist("GET", "/v1/log/export")
        if status != 200:
            raise Failure(f"the export of the log was answered {status}")
        bundle = self.scratch / "bundle.tar"
        bundle.write_bytes(content)
        self.deployment.run("audit", "verify", bundle, "--key",
                            (self.deployment.directory / "keys/log.vkey").read_text().strip())
        present, acts = None, []
        for entry in map(json.loads, read_entries(content)):
            if entry["kind"] == "protocol" and entry["event"] == "in-force":
                present = entry["protocol"]
            if entry["kind"] == "admin" and entry["object"] == version:
                acts.append((entry.get("who"), entry["act"]))
            if entry["kind"] == "decision":
                if entry["protocol"] != present:
                    raise Failure(f"the leaf of {entry['message']} names another text than was in force")
                said = self.seen.get(entry["message"], "")
                if said and not said.endswith(f"sha256:{entry['protocol']}"):
                    raise Failure(f"the envelope of {entry['message']} names another text than its leaf")
        self.claim("every decision names the text in force where it stands in the log", present is not None)
        self.claim("each step is a leaf", acts == [
            ("admin-1", "protocol.propose"), ("admin-2", "protocol.approve"), ("admin-1", "protocol.activate")], acts)
        print(f"{len(self.accepted)} messages over three changes, all delivered")


def main():
    binary = os.environ.get("CONCORDAT")
    if not binary:
        print("change.py: set CONCORDAT to the concordat binary", file=sys.stderr)
        return 64
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="concordat-change-"))
    deployment = Deployment(scratch / "deployment", binary)
    try:
        deployment.make()
        Story(deployment, scratch).tell()
    except Failure as failure:
        print(f"change.py: {failure}", file=sys.stderr)
        deployment.output.flush()
        print("\n".join((scratch / "daemon.log").read_text(errors="replace").splitlines()[-20:]), file=sys.stderr)
        return 1
    finally:
        if deployment.process and deployment.process.poll() is None:
            deployment.process.kill()
        shutil.rmtree(scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
