#!/usr/bin/python3
"""Pushes marked personal values through everything and looks for them where none may be.

Names, telephones, addresses, references, free text, names of members, paths, queries and header fields are marked, in
messages that are taken, in messages that are refused and in bytes that are no message. Then none of the marks may stand in
  - what the daemon wrote, /metrics, any problem and any header of an answer;
  - any leaf of the exported log, and what officers see;
  - the raw database, its WAL and the keys: while copies wait, after delivery, and after the daemon has stopped;
  - the inbox of a party the protocol does not let have it.

Standard library and the openssl tool only; the daemon and its clients are those of kill.py.
"""
import argparse
import base64
import datetime
import http.client
import json
import os
import pathlib
import re
import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import urllib.parse

import kill

DEPLOYMENT = "canary-test"
PARTIES = ["west-midlands-police", "rj-hub", "satellite-ash-tree", "hmp-birmingham", "hmp-birmingham-gate", "hmp-featherstone"]
POLICE, HUB, UNIT, PRISON, GATE, OTHER_PRISON = PARTIES
EXAMPLES = kill.REPOSITORY / "protocols/rj-west-midlands/examples"
STRUCTURED = "application/cloudevents+json"
# Members whose strings are made into marks; the rest of a document is coded.
TEXT_MEMBERS = {"name", "known-as", "organisation-name", "lines", "narrative", "room", "post", "team"}
KEPT_MEMBERS = {"date-of-birth", "postcode", "home-postcode", "prison-number", "probation-crn", "crime-reference"}


class Marks:
    """Every marked value, and what it stands for."""

    def __init__(self):
        self.values, self.made = {}, {}
        self.dice = secrets.SystemRandom()

    def word(self, what):
        """A mark that keeps the grammar of ids, for references."""
        mark = f"Qx{secrets.token_hex(6)}"
        self.values[mark] = what
        return mark

    def text(self, what):
        mark = f"Zoë {self.word(what)} Vorn"
        self.values[mark] = what
        return mark

    def note(self, value, what):
        self.values[value] = what
        return value

    def same(self, original, what, make):
        """The same mark for the same original, in every document."""
        if original not in self.made:
            self.made[original] = make(what)
        return self.made[original]

    def telephone(self, what):
        return self.note(f"07700 9{self.dice.randrange(10 ** 5):05}", what)

    def mail(self, what):
        return f"{self.word(what)}@mail.example"

    def forms(self):
        """Each mark in the forms in which bytes could carry it."""
        for value, what in self.values.items():
            raw = value.encode()
            seen = {raw, raw.lower(), json.dumps(value)[1:-1].encode(), urllib.parse.quote(value).encode(), raw.hex().encode(),
                    value.encode("utf-16-le")}
            for lead in range(3):
                # Base64 of the value wherever it may begin; the letters at both ends hang on the neighbours.
                coded = base64.b64encode(b"\0" * lead + raw)
                seen.add(coded[4 if lead else 0:-4])
            for form in seen:
                if len(form) >= 6:
                    yield form, what


class Search:
    def __init__(self, marks):
        self.forms = list(marks.forms())

    def found(self, content):
        return sorted({what for form, what in self.forms if form in content})


class Canary:
    def __init__(self, deployment):
        self.deployment, self.marks = deployment, Marks()
        self.tokens, self.inboxes, self.problems, self.answers = {}, {party: [] for party in PARTIES}, [], []
        self.failures, self.officer_views = 0, []

    def claim(self, text, holds, said=""):
        print(f"{'ok     ' if holds else 'not ok '} {text}", flush=True)
        if not holds:
            self.failures += 1
            if said:
                print(f"        {said}")

    # --- asking

    def ask(self, party, method, path, body=None, headers=None, port=None, stem="parties"):
        """Status and body over a connection of its own. Every header and every refusal is kept to be searched."""
        context = self.deployment.client(f"{stem}/{party}", 0).context
        context.check_hostname = False
        connection = http.client.HTTPSConnection("127.0.0.1", port or self.deployment.data_port, timeout=60, context=context)
        try:
            connection.putrequest(method, path, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None:
                connection.putheader("Content-Length", str(len(body)))
            connection.endheaders(body)
            answer = connection.getresponse()
            content = answer.read()
            self.answers.append(str(answer.headers).encode())
            if answer.status >= 400:
                self.problems.append((answer.status, content))
            return answer.status, content
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def send(self, party, event, path="/v1/messages"):
        body = event if isinstance(event, bytes) else json.dumps(event, ensure_ascii=False).encode()
        return self.ask(party, "POST", path, body, {"Content-Type": STRUCTURED})

    def fetch(self, party, acknowledged=True):
        status, content = self.ask(party, "GET", "/v1/inbox?limit=100")
        if status != 200:
            return []
        deliveries = json.loads(content)["deliveries"]
        for item in deliveries:
            self.inboxes[party].append(json.dumps(item, ensure_ascii=False).encode())
            if acknowledged:
                self.ask(party, "POST", f"/v1/inbox/{item['delivery']}/ack")
        return deliveries

    # --- the story, marked

    def marked(self, name):
        text = (EXAMPLES / f"{name}.json").read_text()
        for token, value in self.tokens.items():
            text = text.replace("{{" + token + "}}", value)
        event = json.loads(text)
        if "actor" in event:
            event["actor"] = self.marks.same(event["actor"], "the sender's officer", self.marks.word)
        if event["source"] == POLICE:
            event["subject"] = self.marks.same(event["subject"], "the sender's case reference", self.marks.word)
        event["data"] = self.mark(event["data"], "", {})
        return event

    def mark(self, value, member, person):
        if isinstance(value, dict):
            if "ref" in value or "roles" in value:
                person = value
            return {name: self.mark(inner, name, person) for name, inner in value.items()}
        if isinstance(value, list):
            return [self.mark(inner, member, person) for inner in value]
        if not isinstance(value, str):
            return value
        role = "+".join(person.get("roles", [])) or "somebody"
        what = f"{member} of {role}" if person else member
        if member in ("ref", "about") or value in self.marks.made and self.marks.made[value].startswith("Qx"):
            minted = value in self.tokens.values()
            return value if minted else self.marks.same(value, "the sender's reference of a person", self.marks.word)
        if member in TEXT_MEMBERS:
            return self.marks.same(value, what, self.marks.text)
        if member in ("number", "phone"):
            return self.marks.same(value, what, self.marks.telephone)
        if member in ("email", "secure-email"):
            return self.marks.same(value, what, self.marks.mail)
        if member in KEPT_MEMBERS:
            return self.marks.note(value, what)
        return value

    def play(self):
        referral = self.marked("01-referral")
        status, content = self.send(POLICE, referral, "/v1/decisions")
        self.claim("a dry run is answered", status in (200, 202), f"{status} {content[:300]}")
        status, receipt = self.send(POLICE, referral)
        self.claim("the marked referral is taken", status == 202, f"{status} {receipt[:500]}")
        if status != 202:
            return
        receipt = json.loads(receipt)
        self.tokens["case"] = receipt["case"]
        for person in referral["data"]["people"]:
            for role in person["roles"]:
                self.tokens.setdefault(f"person:{role}", receipt["persons"][person["ref"]])
        self.raw("while a copy waits")
        self.fetch(HUB, acknowledged=False)
        self.raw("while a copy is handed over")
        hub = b"".join(self.inboxes[HUB])
        shown = Search(self.marks).found(hub)
        self.claim("the hub has the name of who was harmed, so the marks do travel", "name of harmed" in shown, f"{shown}")
        for item in json.loads(b"[" + b",".join(self.inboxes[HUB]) + b"]"):
            self.ask(HUB, "POST", f"/v1/inbox/{item['delivery']}/ack")
        self.step(HUB, "02-screening-decision", 202, [POLICE])
        self.step(HUB, "03-allocation", 202, [UNIT])
        self.step(POLICE, "04-status-change", 202, [PRISON, GATE, UNIT, HUB])
        self.step(UNIT, "05-case-update", 202, [PRISON, HUB])
        self.step(UNIT, "06-case-update-other-prison", 403, [OTHER_PRISON])
        self.step(HUB, "07-information-request", 403, [POLICE])
        consent = {"id": "c-1", "case": self.tokens["case"], "person": self.tokens["person:harmer"], "kind": "basis",
                   "purpose": "rj-assessment", "categories": ["conviction"], "state": "given", "age-band": "18-plus", "told-right-to-withdraw": True,
                   "evidence": self.marks.word("the reference of a consent form"),
                   "taken-by": self.marks.word("who took the consent")}
        status, content = self.ask(HUB, "POST", "/v1/consents", json.dumps(consent).encode(), {"Content-Type": "application/json"})
        self.claim("a consent is recorded", status == 201, f"{status} {content[:300]}")
        for party in (POLICE, OTHER_PRISON):
            _, listed = self.ask(party, "GET", f"/v1/consents?case={self.tokens['case']}")
            self.inboxes[party].append(listed)
        self.step(HUB, "08-information-request-again", 202, [POLICE])
        self.step(POLICE, "09-information-response", 202, [])
        self.ask(HUB, "POST", f"/v1/consents/{json.loads(content).get('consent', 'none')}/withdraw")
        self.fetch(HUB)
        self.step(UNIT, "10-case-update-visits-desk", None, [GATE])

    def step(self, party, name, expected, readers):
        event = self.marked(name)
        self.send(party, event, "/v1/decisions")
        status, content = self.send(party, event)
        if expected is not None:
            self.claim(f"{name} is answered {expected}", status == expected, f"{status} {content[:400]}")
        for reader in readers:
            self.fetch(reader)
        self.ask(party, "GET", f"/v1/messages/{event['id']}")

    # --- what is refused

    def spoil(self):
        """Marked values in every place of a message that is refused."""
        template = self.marked("01-referral")

        def variant(change):
            event = json.loads(json.dumps(template))
            event["id"] = f"spoiled-{secrets.token_hex(4)}"
            change(event)
            return event

        text, word = self.marks.text, self.marks.word
        changes = [
            lambda event: event.update({text("an unknown attribute"): text("its value")}),
            lambda event: event.update(nickname=text("the value of an unknown attribute")),
            lambda event: event.update(dataschema={text("a name in an attribute"): [text("a value in an attribute")]}),
            lambda event: event["data"].update({text("an unknown member"): text("its value")}),
            lambda event: event["data"]["people"][0].update({text("an unknown member of a person"): 1}),
            lambda event: event["data"]["people"][0].update({"name": [text("a name of the wrong type")]}),
            lambda event: event["data"]["people"][0].update({"name": text("a name that is too long") * 50}),
            lambda event: event["data"]["people"][0].update({"date-of-birth": text("a date that is none")}),
            lambda event: event["data"]["people"][0].update({"gender": text("a value not in an enum")}),
            lambda event: event["data"]["people"][0].update({"roles": [text("a role that is none")]}),
            lambda event: event["data"]["people"][0].update({"home-postcode": text("a value without its pattern")}),
            lambda event: event["data"]["people"][0].update({"ref": text("a reference outside the grammar")}),
            lambda event: event["data"]["people"][0]["contact"].update({"email": text("a mail address that is none")}),
            lambda event: event["data"]["people"].append(event["data"]["people"][0]),
            lambda event: event["data"]["wishes"][0].update({"about": word("a reference to nobody")}),
            lambda event: event.update(type=word("a type that is none")),
            lambda event: event.update(type=text("a type outside the grammar")),
            lambda event: event.update(purpose=word("a purpose that is none")),
            lambda event: event.update(recipients=word("a recipient that is none")),
            lambda event: event.update(recipients=text("recipients outside the grammar")),
            lambda event: event.update(source=word("a source that is another")),
            lambda event: event.update(source=text("a source outside the grammar")),
            lambda event: event.update(subject=text("a subject outside the grammar")),
            lambda event: event.update(id=text("an id outside the grammar")),
            lambda event: event.update(time=text("a time that is none")),
            lambda event: event.update(actor=text("an actor outside the grammar")),
            lambda event: event.update(inreplyto=word("a request that is none")),
            lambda event: event.update(data=text("data that is a string")),
            lambda event: event["data"].update({"initiated-by": "harmer"}) or event["data"]["offence"].update(sensitivity=["not-known"]),
        ]
        refused = 0
        for change in changes:
            event = variant(change)
            self.send(POLICE, event, "/v1/decisions")
            status, _ = self.send(POLICE, event)
            refused += 400 <= status < 500
        # Some of these are a referral all the same (a request that is none, the same person twice).
        self.claim("messages spoiled in many places are refused", refused >= len(changes) - 3, f"{refused} of {len(changes)}")
        # Parties without a part in the case, and a case that does not exist.
        for party in (OTHER_PRISON, PRISON):
            event = self.marked("04-status-change")
            event.update(id=f"stranger-{party}", source=party, subject=self.tokens.get("case", "c-1"), recipients=HUB)
            self.send(party, event)
            event.update(id=f"nobody-{party}", subject=word("a case that is none"))
            self.send(party, event)

    def break_bytes(self):
        """Bodies that are no JSON, or no body at all."""
        text = self.marks.text
        whole = json.dumps(self.marked("01-referral"), ensure_ascii=False).encode()
        bodies = [whole[:len(whole) * part // 7] for part in range(1, 7)]
        bodies += [
            whole + text("what follows the end").encode(),
            whole.replace(b'"name"', b'"name": "' + text("a value that stands twice").encode() + b'", "name"', 1),
            b'{"' + text("a name without end").encode(),
            b'{"id": "' + text("a string with a bad escape").encode() + b'\\x"}',
            b'{"id": "' + text("a string with half a surrogate").encode() + b'\\ud800"}',
            b'{"id": "' + text("a string that is not UTF-8").encode() + b'\xff"}',
            b'{"id": ' + text("a word that is no value").encode() + b"}",
            b'{"' + text("a name that stands twice").encode() + b'": 1, "' + text("another").encode() + b'": 1}',
            text("plain text").encode(), b"", b"[" + whole + b"]", whole + b" " * (1 << 20),
            b'{"a":' * 40 + b'"' + text("a value too deep").encode() + b'"' + b"}" * 40,
        ]
        for body in bodies:
            for path in ("/v1/messages", "/v1/decisions"):
                self.send(POLICE, body, path)
            self.ask(POLICE, "POST", "/v1/consents", body, {"Content-Type": "application/json"})
        for media in ("text/plain", "application/json", "application/cloudevents-batch+json", f"text/{self.marks.word('a media type')}"):
            self.ask(POLICE, "POST", "/v1/messages", whole, {"Content-Type": media})
        self.ask(POLICE, "POST", "/v1/messages", whole, {"Content-Type": STRUCTURED, "Content-Encoding": self.marks.word("a coding")})

    def consents(self):
        text, word = self.marks.text, self.marks.word
        good = {"id": "c-2", "case": self.tokens.get("case", "c-1"), "person": self.tokens.get("person:harmed", "p-1"),
                "kind": "participation", "purpose": "rj-service", "state": "given", "age-band": "18-plus", "told-right-to-withdraw": True}
        changes = [{name: text(f"the {name} of a consent")} for name in good] + [
            {"evidence": text("evidence in words")}, {"taken-by": text("who took it, in words")}, {text("an unknown member"): 1},
            {"case": word("a case that is none")}, {"person": word("a person who is none")}, {"purpose": word("a purpose that is none")},
            {"categories": [word("a category that is none")]}, {"recipients": [word("a recipient that is none")]},
        ]
        for change in changes:
            for party in (HUB, PRISON):
                self.ask(party, "POST", "/v1/consents", json.dumps({**good, **change}).encode(), {"Content-Type": "application/json"})

    def addresses(self):
        """Marks in paths, queries, methods and header fields, on all three listeners."""
        word = self.marks.word
        coded = urllib.parse.quote(self.marks.text("a text in a path"))
        officers = [("gateway.dpo", self.deployment.desk_port, "people")]
        paths = ["/{}", "/v1/{}", "/v1/messages/{}", "/v1/inbox/{}/ack", "/v1/inbox?wait={}", "/v1/inbox?{}=1", "/v1/schemas/{}",
                 "/v1/schemas/referral?as={}", "/v1/consents?case={}", "/v1/consents?case=c-1&person={}", "/v1/consents/{}/withdraw",
                 "/log/proof/{}", "/v1/me?name={}", "/v1/me#{}", "/v1/transfers/{}", "/v1/transfers?message={}", "/v1/transfers?case={}",
                 "/v1/transfers?party={}", "/v1/transfers?limit={}", "/v1/transfers?reason={}", "/v1/log/export?{}=1", "/openapi.json?{}"]
        for path in paths:
            # An id an officer asks for is on record as it was asked for; a text is not taken for an id.
            for mark in (coded,) if path == "/v1/transfers?message={}" else (word(f"a part of the path {path}"), coded):
                for method in ("GET", "POST"):
                    self.ask(HUB, method, path.format(mark))
                for name, port, stem in officers:
                    self.ask(name, "GET", path.format(mark), port=port, stem=stem)
                self.local(f"GET {path.format(mark)} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
        fields = {"X-Name": word("a header field"), "Referer": word("a referer"), "User-Agent": word("a user agent"),
                  "Cookie": word("a cookie"), "Authorization": word("an authorization"), "Traceparent": word("a trace"),
                  word("a field name"): "1", "ce-" + word("an attribute in a header").lower() + "!": "1"}
        for name, value in fields.items():
            self.ask(HUB, "GET", "/v1/me", headers={name: value})
            self.ask(HUB, "GET", "/v1/nowhere", headers={name: value})
            self.ask(HUB, "POST", "/v1/messages", b"{}", {"Content-Type": "application/json", "ce-id": value, name: value})
            self.ask("gateway.dpo", "GET", "/v1/transfers", headers={name: value}, port=self.deployment.desk_port, stem="people")
        for field in ("Expect", "Connection", "Upgrade", "Transfer-Encoding", "Trailer", "Host"):
            self.ask(HUB, "GET", "/v1/me", headers={field: word(f"the field {field}")})
        # Binary mode: the attributes as header fields.
        data = json.dumps(self.marked("01-referral")["data"]).encode()
        binary = {"Content-Type": "application/json", "ce-specversion": "1.0", "ce-id": "binary-1", "ce-source": POLICE,
                  "ce-type": "uk.rj.referral.v1", "ce-purpose": "rj-offer", "ce-recipients": HUB}
        for name in list(binary)[1:] + ["ce-subject", "ce-actor", "ce-time"]:
            self.ask(POLICE, "POST", "/v1/messages", data, {**binary, name: coded})
            # A message's id is the sender's choice and stands in its leaf; everything else must not.
            if name != "ce-id":
                self.ask(POLICE, "POST", "/v1/messages", data, {**binary, name: word(f"the header {name}")})
        self.ask(HUB, word("a method").upper(), "/v1/me")
        self.handshakes()

    def local(self, request):
        try:
            with socket.create_connection(("127.0.0.1", self.deployment.local_port), timeout=10) as connection:
                connection.sendall(request)
                content = connection.recv(1 << 20)
                if not content.startswith(b"HTTP/1.1 200"):
                    self.problems.append((0, content))
        except OSError:
            pass

    def handshakes(self):
        """Marks before anybody is known: in plain bytes, in the server name, in an ALPN name."""
        ports = (self.deployment.data_port, self.deployment.desk_port)
        for port in ports:
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                    connection.sendall(f"GET /{self.marks.word('plain HTTP')} HTTP/1.1\r\n\r\n".encode())
                    connection.recv(1024)
            except OSError:
                pass
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            context.set_alpn_protocols([self.marks.word("an ALPN name")])
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
                    with context.wrap_socket(connection, server_hostname=f"{self.marks.word('a server name')}.example") as peer:
                        peer.sendall(b"GET /v1/me HTTP/1.1\r\nHost: a\r\n\r\n")
                        peer.recv(1024)
            except OSError:
                pass

    # --- what must be clean

    def clean(self, text, content):
        found = Search(self.marks).found(content)
        self.claim(f"no mark in {text}", not found, "; ".join(found[:8]))

    def raw(self, when):
        content = b"".join(path.read_bytes() for folder in ("data", "keys") for path in sorted((self.deployment.directory / folder).rglob("*"))
                           if path.is_file())
        self.claim(f"there is a database to search {when}", len(content) > 4096)
        self.clean(f"the database, its WAL and the keys {when}", content)

    def look(self):
        officer = {"port": self.deployment.desk_port, "stem": "people"}
        status, listed = self.ask("gateway.dpo", "GET", "/v1/transfers?limit=200", **officer)
        self.claim("the officer lists transfers", status == 200)
        views = [listed]
        for row in json.loads(listed).get("transfers", []):
            views.append(self.ask("gateway.dpo", "GET", f"/v1/transfers/{row['leaf']}", **officer)[1])
        self.claim("there are transfers to look at", len(views) > 5)
        self.clean("what the officer sees", b"\n".join(views))
        status, bundle = self.ask("gateway.dpo", "GET", "/v1/log/export", **officer)
        self.claim("the log is exported", status == 200)
        entries = kill.read_entries(bundle)
        self.claim("it has leaves of all of this", len(entries) > 60, f"{len(entries)}")
        self.clean("any leaf", b"\n".join(entries))
        self.clean("the bundle", bundle)
        metrics = http.client.HTTPConnection("127.0.0.1", self.deployment.local_port, timeout=10)
        metrics.request("GET", "/metrics")
        content = metrics.getresponse().read()
        self.claim("there are metrics", b"concordat_" in content)
        self.clean("the metrics", content)

    def judge(self):
        search = Search(self.marks)
        self.claim("the search finds a planted mark", bool(search.found(f"x{next(iter(self.marks.values))}y".encode())))
        self.claim("there were refusals to search", len(self.problems) > 150, f"{len(self.problems)}")
        wrong = {}
        for status, body in self.problems:
            for what in search.found(body):
                wrong.setdefault(what, (status, body[:300]))
        self.claim("no mark in any problem", not wrong, "\n        ".join(f"{what}: {at}" for what, at in list(wrong.items())[:8]))
        self.claim("no refusal is the gateway's own fault", not [body for status, body in self.problems if status == 500],
                   f"{[body[:200] for status, body in self.problems if status == 500][:3]}")
        self.clean("any header of an answer", b"\n".join(self.answers))
        # What the protocol gives to nobody, and what it keeps from each.
        nobody = ("third-party", "the sender's", "lines of", "narrative", "consent form", "took the consent", "an unknown", "that is none")
        never = {POLICE: nobody, HUB: nobody, UNIT: nobody, PRISON: nobody + ("name of harmed", "email of harmed", "number of harmed"),
                 GATE: nobody + ("email of harmed", "number of harmed", "postcode of harmed"), OTHER_PRISON: ("",)}
        for party, parts in never.items():
            found = [what for what in search.found(b"\n".join(self.inboxes[party])) if any(part in what for part in parts)]
            self.claim(f"{party} got nothing that is kept from it", not found, "; ".join(found[:8]))
        self.claim("the others did get something", all(self.inboxes[party] for party in (POLICE, HUB, UNIT, PRISON)))


def make(deployment):
    deployment.run("init", deployment.directory, "--deployment", DEPLOYMENT, "--protocol", kill.REPOSITORY / "protocols/rj-west-midlands",
                   "--data-port", deployment.data_port, "--desk-port", deployment.desk_port, "--local-port", deployment.local_port)
    script = kill.REPOSITORY / "Sources/concordat/Authority/authority.sh"
    for arguments in [["party", party] for party in PARTIES] + [["person", "gateway", "dpo"]]:
        subprocess.run(["sh", script, arguments[0], deployment.directory, DEPLOYMENT, *arguments[1:]], check=True,
                       stdout=subprocess.DEVNULL)
    # The store keeps the whole text, and its worked cases have codes of their own that the marked messages share.
    for folder in ("cases", "examples"):
        shutil.rmtree(deployment.directory / "protocol" / folder)
    # The story's dates lie in 2026; the clock of the judgement starts there, so that no run depends on today.
    with open(deployment.directory / "concordat.yaml", "a") as configuration:
        configuration.write('clock: "2026-05-16T12:00:00Z"\n')


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--binary", default=os.environ.get("CONCORDAT"), help="the concordat binary (or CONCORDAT)")
    parser.add_argument("--keep", type=pathlib.Path, help="a directory that must not exist yet, to look at afterwards")
    options = parser.parse_args()
    if not options.binary:
        parser.error("name the binary with --binary or CONCORDAT")
    if options.keep:
        options.keep.mkdir(parents=True)
    scratch = options.keep or pathlib.Path(tempfile.mkdtemp(prefix="concordat-canary-"))
    deployment = kill.Deployment(scratch / "deployment", options.binary)
    try:
        make(deployment)
        deployment.start()
        canary = Canary(deployment)
        canary.play()
        canary.spoil()
        canary.break_bytes()
        canary.consents()
        canary.addresses()
        for party in PARTIES:
            canary.fetch(party)
        canary.look()
        canary.raw("after delivery")
        deployment.stop()
        canary.raw("after the daemon stopped")
        deployment.output.flush()
        said = (scratch / "daemon.log").read_bytes()
        canary.claim("the daemon wrote a log", len(said) > 0)
        canary.clean("what the daemon wrote", said)
        canary.judge()
        if canary.failures:
            print(f"canary.py: {canary.failures} claims do not hold", file=sys.stderr)
        return 1 if canary.failures else 0
    except kill.Failure as failure:
        print(f"canary.py: {failure}", file=sys.stderr)
        return 1
    finally:
        if deployment.process and deployment.process.poll() is None:
            deployment.process.kill()
        if not options.keep:
            shutil.rmtree(scratch, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
