#!/usr/bin/python3
"""Pulls the plug under load: `kill -9`, again and again, while parties send and fetch over mutual TLS.

Claims, each checked from outside with nothing but HTTP, openssl and the export of the log:
  - whatever has a receipt is delivered, once by (source, id), and its content is its own;
  - a repeated id gets the same receipt, byte for byte, also from a daemon that was killed in between;
  - nothing else is delivered: no refused message, and no field the protocol cuts;
  - what was acknowledged never comes again;
  - whoever has a message is told once when somebody objects to it, and its answer stands, with the plug pulled after each;
  - every receipt's leaf lies in the log at its index, and `concordat audit verify` passes.

Standard library and the openssl tool only. The seed is printed; --seed repeats its dice.
"""
import argparse
import base64
import datetime
import http.client
import io
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tarfile
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEPLOYMENT = "kill-test"
POLICE, HUB, OFFICER = "west-midlands-police", "rj-hub", ("gateway", "dpo")
MESSAGE_TYPE = "application/cloudevents+json"
# Bound: a machine busy with a build is slow to start a daemon.
START_SECONDS = 120
# Bound: how long a running daemon may owe a final answer; what it is down does not count, since the plug is pulled often.
ANSWER_SECONDS = 120
# What must never reach the hub before anybody agreed; both stand in every message sent.
CUT_TEXT, CUT_NAME = "Canary Narrative", "Cy Neighbour"


class Failure(Exception):
    """A claim that does not hold."""


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


class Deployment:
    """A throw-away deployment and its daemon."""

    def __init__(self, directory, binary):
        self.directory, self.binary = directory, binary
        self.data_port, self.desk_port, self.local_port = free_ports(3)
        self.process = None
        self.ready_since = None
        self.output = open(directory.parent / "daemon.log", "ab")

    def make(self):
        self.run("init", self.directory, "--deployment", DEPLOYMENT,
                 "--protocol", REPOSITORY / "protocols/rj-west-midlands",
                 "--data-port", self.data_port, "--desk-port", self.desk_port, "--local-port", self.local_port)
        script = REPOSITORY / "Sources/concordat/Authority/authority.sh"
        for arguments in (["party", POLICE], ["party", HUB], ["person", *OFFICER]):
            subprocess.run(["sh", script, arguments[0], self.directory, DEPLOYMENT, *arguments[1:]],
                           check=True, stdout=subprocess.DEVNULL)
        # The run must not depend on today lying inside the protocol's period.
        today = datetime.date.today()
        self.edit("protocol/protocol.yaml", r"(?m)^period:.*$",
                  f"period: {{from: {today - datetime.timedelta(30)}, review: {today + datetime.timedelta(200)}, "
                  f"until: {today + datetime.timedelta(300)}}}")
        # What was fetched and lost with the daemon shall come again soon.
        self.edit("concordat.yaml", r"(?m)^(\s+lease:).*$", r"\1 PT3S")
        self.edit("concordat.yaml", r"(?m)^(\s+messages-per-second-per-party:).*$", r"\1 100000")

    def edit(self, path, pattern, replacement):
        path = self.directory / path
        path.write_text(re.sub(pattern, replacement, path.read_text()))

    def run(self, *arguments):
        done = subprocess.run([self.binary, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if done.returncode != 0:
            said = done.stdout.decode(errors="replace")
            raise Failure(f"concordat {arguments[0]} ended with {done.returncode}:\n{said}")
        return done.stdout

    def start(self):
        self.process = subprocess.Popen([self.binary, "serve", "--config", self.directory / "concordat.yaml"],
                                        stdout=self.output, stderr=self.output)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Failure(f"the daemon ended with {self.process.returncode} at its start; see {self.output.name}")
            try:
                connection = http.client.HTTPConnection("127.0.0.1", self.local_port, timeout=2)
                connection.request("GET", "/readyz")
                if connection.getresponse().status == 200:
                    self.ready_since = time.monotonic()
                    return
            except OSError:
                pass
            finally:
                connection.close()
            time.sleep(0.05)
        raise Failure(f"the daemon was not ready within {START_SECONDS} seconds")

    def kill(self):
        self.ready_since = None
        if self.process.poll() is not None:
            raise Failure(f"the daemon ended of itself with {self.process.returncode}; see {self.output.name}")
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                status = self.process.wait(timeout=45)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise Failure("the daemon did not end within 45 seconds of SIGTERM") from None
            if status != 0:
                raise Failure(f"after SIGTERM the daemon ended with {status}")

    def client(self, chain, port):
        context = ssl.create_default_context(cafile=self.directory / "authority/trust.pem")
        context.load_verify_locations(self.directory / "authority/crl.pem")
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_CHAIN | ssl.VERIFY_X509_STRICT
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(self.directory / f"{chain}.chain.crt", self.directory / f"{chain}.key")
        return Client(self, port, context)

    def is_owing(self, began):
        """Whether a running daemon has owed the answer to a request begun then for too long."""
        ready = self.ready_since
        return ready is not None and time.monotonic() > max(began, ready) + ANSWER_SECONDS


class Client:
    """One connection of a party, opened again whenever it breaks."""

    def __init__(self, deployment, port, context):
        self.deployment, self.port, self.context, self.connection = deployment, port, context, None

    def ask(self, method, path, body=None, media=MESSAGE_TYPE):
        """Status and body; raises OSError or http.client.HTTPException where no whole answer came."""
        try:
            if self.connection is None:
                self.connection = http.client.HTTPSConnection("127.0.0.1", self.port, timeout=40, context=self.context)
            headers = {"Content-Type": media} if body is not None else {}
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            content = answer.read()
            return answer.status, content
        except (OSError, http.client.HTTPException):
            self.close()
            raise

    def insist(self, method, path, body=None, media=MESSAGE_TYPE):
        """Asks again after every broken connection and every 409, 429 and 503."""
        began, last = time.monotonic(), "no answer"
        while True:
            try:
                status, content = self.ask(method, path, body, media)
                if status not in (409, 429, 503):
                    return status, content
                last = str(status)
            except (OSError, http.client.HTTPException) as error:
                last = type(error).__name__
            if self.deployment.is_owing(began):
                raise Failure(f"{method} {path.split('?')[0]} got no final answer in time; the last was {last}")
            time.sleep(0.05)

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


class Run:
    """The load, the plug and what was seen."""

    def __init__(self, deployment, options):
        self.deployment, self.options = deployment, options
        self.template = json.loads((REPOSITORY / "certs-example/referral.json").read_text())
        self.lock = threading.Lock()
        self.receipts, self.names, self.refused = {}, {}, set()
        self.delivered, self.acknowledged = {}, {}
        self.failures = []
        self.sending, self.fetching = threading.Event(), threading.Event()
        self.repeats = 0

    def message(self, identifier, name, is_refused):
        event = json.loads(json.dumps(self.template))
        event.update(id=identifier, source=POLICE, subject=f"case-{identifier}", recipients=HUB)
        if is_refused:
            # The protocol does not let a referral go for this purpose.
            event["purpose"] = "rj-service"
        data = event["data"]
        data["people"][0]["name"] = name
        data["people"][2]["name"] = CUT_NAME
        data["narrative"] = f"{CUT_TEXT} {identifier}"
        return json.dumps(event).encode()

    def send(self, worker):
        dice = random.Random(f"{self.options.seed}-{worker}")
        client = self.deployment.client(f"parties/{POLICE}", self.deployment.data_port)
        number = 0
        while not self.sending.is_set():
            number += 1
            identifier, name = f"m{worker}-{number}", f"Ada Example {worker}-{number}"
            is_refused = dice.random() < 0.1
            body = self.message(identifier, name, is_refused)
            if is_refused:
                with self.lock:
                    self.refused.add(identifier)
            status, receipt = client.insist("POST", "/v1/messages", body)
            if is_refused:
                if not 400 <= status < 500:
                    raise Failure(f"a message that must be refused was answered {status}")
                continue
            if status != 202:
                raise Failure(f"a message was answered {status}: {receipt.decode(errors='replace')}")
            with self.lock:
                self.receipts[identifier], self.names[identifier] = receipt, name
            if dice.random() < 0.1:
                status, again = client.insist("POST", "/v1/messages", body)
                if (status, again) != (202, receipt):
                    raise Failure(f"the repeated message {identifier} got another receipt")
                with self.lock:
                    self.repeats += 1
        client.close()

    def fetch(self):
        client = self.deployment.client(f"parties/{HUB}", self.deployment.data_port)
        while not self.fetching.is_set():
            began = time.monotonic()
            status, content = client.insist("GET", "/v1/inbox?wait=1&limit=50")
            if status == 204:
                continue
            if status != 200:
                raise Failure(f"the inbox answered {status}: {content.decode(errors='replace')}")
            for item in json.loads(content)["deliveries"]:
                self.take(item, began)
                status, _ = client.insist("POST", f"/v1/inbox/{item['delivery']}/ack", b"")
                if status not in (200, 204):
                    raise Failure(f"an acknowledgement was answered {status}")
                with self.lock:
                    self.acknowledged.setdefault(item["delivery"], time.monotonic())
        client.close()

    def take(self, item, began):
        event, delivery = item["event"], item["delivery"]
        with self.lock:
            # Two fetchers run: only what was acknowledged before this request began must not be in its answer.
            if self.acknowledged.get(delivery, began) < began:
                raise Failure(f"the delivery {delivery} came again after it was acknowledged")
            key = (event["source"], event["id"])
            first = self.delivered.setdefault(key, (delivery, event))
        if first[0] != delivery:
            raise Failure(f"the message {key[1]} came under two delivery ids")
        if first[1] != event:
            raise Failure(f"the message {key[1]} came with different content")
        text = json.dumps(event)
        if CUT_TEXT in text or CUT_NAME in text:
            raise Failure(f"the message {key[1]} came with what must be cut")

    def guarded(self, work, *arguments):
        def body():
            try:
                work(*arguments)
            except Exception as error:  # every kind of failure ends the run, and is told
                kind = "" if isinstance(error, Failure) else f"{type(error).__name__}: "
                with self.lock:
                    self.failures.append(f"{kind}{error}")
                self.sending.set()
                self.fetching.set()
        thread = threading.Thread(target=body, daemon=True)
        thread.start()
        return thread

    def go(self):
        dice = random.Random(self.options.seed)
        self.deployment.start()
        senders = [self.guarded(self.send, worker) for worker in range(self.options.senders)]
        fetchers = [self.guarded(self.fetch) for _ in range(2)]
        for number in range(self.options.kills):
            # Early kills find the daemon starting; late ones find it in full work.
            time.sleep(dice.choice([0.05, 0.3, 0.8, 1.5]))
            if self.failures:
                break
            self.deployment.kill()
            self.deployment.start()
            print(f"kill {number + 1} of {self.options.kills}: {len(self.receipts)} receipts, "
                  f"{len(self.acknowledged)} acknowledged", flush=True)
        time.sleep(1)
        self.sending.set()
        self.join(senders)
        self.drain()
        self.fetching.set()
        self.join(fetchers)
        if self.failures:
            raise Failure("\n".join(self.failures))
        self.judge()
        self.tell()
        self.check_log()
        self.deployment.stop()

    def join(self, threads):
        for thread in threads:
            # What is asked already may take its own time beside what may be owed.
            thread.join(ANSWER_SECONDS + 60)
            if thread.is_alive():
                raise Failure("a party still waits for an answer")

    def drain(self):
        """Until everything with a receipt is acknowledged, and a while longer for what should not come."""
        deadline = time.monotonic() + self.options.drain
        while time.monotonic() < deadline and not self.failures:
            with self.lock:
                taken = [self.delivered.get((POLICE, identifier)) for identifier in self.receipts]
                is_done = all(one is not None and one[0] in self.acknowledged for one in taken)
            if is_done:
                break
            time.sleep(0.2)
        for _ in range(25):
            if self.failures:
                return
            time.sleep(0.2)

    def judge(self):
        sent = {(POLICE, identifier) for identifier in self.receipts}
        if len(sent) < self.options.kills:
            raise Failure(f"only {len(sent)} messages got a receipt; there was no load to speak of")
        missing = sent - set(self.delivered)
        if missing:
            raise Failure(f"{len(missing)} messages with a receipt were not delivered, as {sorted(missing)[0][1]}")
        others = set(self.delivered) - sent
        if others:
            raise Failure(f"{len(others)} deliveries have no receipt, as {sorted(others)[0][1]}")
        for (_, identifier), (_, event) in self.delivered.items():
            if event["data"]["people"][0]["name"] != self.names[identifier]:
                raise Failure(f"the message {identifier} came with another message's content")

    def tell(self):
        """Somebody objects to a message that the hub has; the plug is pulled after the objection and after the answer."""
        identifier = sorted(self.receipts)[0]
        receipt = json.loads(self.receipts[identifier])
        person = receipt["persons"][self.template["data"]["people"][0]["ref"]]
        objection = {"id": "objection", "case": receipt["case"], "person": person, "kind": "basis",
                     "purpose": self.template["purpose"], "state": "objected"}
        police = self.deployment.client(f"parties/{POLICE}", self.deployment.data_port)
        hub = self.deployment.client(f"parties/{HUB}", self.deployment.data_port)
        status, content = police.insist(
            "POST", "/v1/consents", json.dumps(objection).encode(), media="application/json")
        self.deployment.kill()
        if status != 202:
            raise Failure(f"an objection was answered {status}: {content.decode(errors='replace')}")
        self.deployment.start()
        notice = self.notices(hub)[0]
        transfers = [transfer["message"] for transfer in notice["event"]["data"]["transfers"]]
        if notice["event"]["data"]["notice"] != "recall" or transfers != [identifier]:
            raise Failure(f"the notice of {identifier} speaks of {transfers}")
        if person in json.dumps(notice) or "objected" in json.dumps(notice):
            raise Failure("a notice says whose consent it is about, or what became of it")
        answer = f"/v1/inbox/{notice['delivery']}/ack?done="
        status, content = hub.insist("POST", answer + "stopped", b"")
        self.deployment.kill()
        if status != 204:
            raise Failure(f"an answer to a notice was answered {status}: {content.decode(errors='replace')}")
        self.deployment.start()
        status, _ = hub.insist("POST", answer + "stopped", b"")
        other, _ = hub.ask("POST", answer + "erased", b"")
        if (status, other) != (204, 409):
            raise Failure(f"after the plug the answer to a notice no longer stands: {status}, {other}")
        # Two sweeps of the gateway: nothing comes twice.
        status, content = hub.insist("GET", "/v1/inbox?wait=12")
        if status != 204:
            raise Failure(f"something came after the notice was answered: {content[:300].decode(errors='replace')}")
        police.close()
        hub.close()

    def notices(self, hub):
        until = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < until:
            status, content = hub.insist("GET", "/v1/inbox?wait=10")
            if status == 200:
                return [item for item in json.loads(content)["deliveries"] if item["event"]["source"] == "gateway"]
        raise Failure("nobody was told of an objection in time")

    def check_log(self):
        bundle = self.deployment.directory / "bundle.tar"
        client = self.deployment.client("people/" + ".".join(OFFICER), self.deployment.desk_port)
        status, content = client.insist("GET", "/v1/log/export")
        if status != 200:
            raise Failure(f"the export of the log was answered {status}: {content[:500].decode(errors='replace')}")
        bundle.write_bytes(content)
        key = (self.deployment.directory / "keys/log.vkey").read_text().strip()
        self.deployment.run("audit", "verify", bundle, "--key", key)
        entries = read_entries(content)
        for identifier, receipt in self.receipts.items():
            receipt = json.loads(receipt)
            index = int(re.search(r"(?m)^index (\d+)$", receipt["proof"]).group(1))
            if index >= len(entries) or entries[index] != base64.b64decode(receipt["leaf"]):
                raise Failure(f"the leaf of the receipt for {identifier} is not in the log at its index")
        joined = b"\n".join(entries)
        for value in (CUT_TEXT, CUT_NAME, "Ada Example"):
            if value.encode() in joined:
                raise Failure("a leaf holds a value from a payload")
        print(f"{len(self.receipts)} receipts, all delivered once; {len(self.refused)} refused, none delivered; "
              f"{self.repeats} repeats, same receipts; one notice, its answer stands; {len(entries)} leaves, verified")


def read_entries(bundle):
    """The log's entries in order, from tile/entries/* (u16 big-endian length, entry, and so on)."""
    pages = {}
    with tarfile.open(fileobj=io.BytesIO(bundle)) as archive:
        for member in archive:
            match = re.fullmatch(r"(?:\./)?tile/entries/((?:x\d{3}/)*\d{3})(?:\.p/\d+)?", member.name)
            if match:
                pages[int(match.group(1).replace("x", "").replace("/", ""))] = archive.extractfile(member).read()
    entries = []
    for number in sorted(pages):
        page, at = pages[number], 0
        while at < len(page):
            length = int.from_bytes(page[at:at + 2], "big")
            entries.append(page[at + 2:at + 2 + length])
            at += 2 + length
    return entries


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("CONCORDAT"), help="the concordat binary (or CONCORDAT)")
    parser.add_argument("--kills", type=int, default=int(os.environ.get("CONCORDAT_KILLS", "5")))
    parser.add_argument("--senders", type=int, default=6)
    parser.add_argument("--drain", type=float, default=120, help="seconds to wait for what is still to come")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 32))
    parser.add_argument("--keep", type=pathlib.Path, help="a directory that must not exist yet, to look at afterwards")
    options = parser.parse_args()
    if not options.binary:
        parser.error("name the binary with --binary or CONCORDAT")
    print(f"seed {options.seed}", flush=True)
    if options.keep:
        options.keep.mkdir(parents=True)
    scratch = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="concordat-kill-"))
    deployment = Deployment(scratch / "deployment", options.binary)
    try:
        deployment.make()
        Run(deployment, options).go()
    except Failure as failure:
        print(f"kill.py: {failure}\nseed {options.seed}", file=sys.stderr)
        deployment.output.flush()
        tail = (scratch / "daemon.log").read_text(errors="replace").splitlines()[-20:]
        print("\n".join(tail), file=sys.stderr)
        return 1
    finally:
        if deployment.process and deployment.process.poll() is None:
            deployment.process.kill()
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
