#!/usr/bin/python3
"""Push delivery: a real daemon calls a real TLS endpoint of a party, with its certificate, until it is taken.

CONCORDAT is the binary. Prints its claims; ends with 1 when one does not hold.
"""
import datetime
import http.client
import http.server
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
DEPLOYMENT, POLICE, HUB = "webhook-test", "west-midlands-police", "rj-hub"
failures = 0


def claim(text, holds):
    global failures
    failures += not holds
    print(f"{'ok' if holds else 'not ok':8}{text}", flush=True)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Endpoint:
    """A party's webhook. Answers what `answers` says, call by call, and keeps what came."""

    def __init__(self, directory, certificate, port, answers):
        self.calls, self.answers, outer = [], list(answers), self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                uris = [value for kind, value in self.connection.getpeercert()["subjectAltName"] if kind == "URI"]
                outer.calls.append((self.path, dict(self.headers), json.loads(body), uris))
                status = outer.answers.pop(0) if outer.answers else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                if status == 307:
                    self.send_header("Location", "/elsewhere")
                self.end_headers()

            def log_message(self, *_):
                pass

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_3
        context.load_cert_chain(directory / f"{certificate}.chain.crt", directory / f"{certificate}.key")
        context.load_verify_locations(directory / "authority/trust.pem")
        context.verify_mode = ssl.CERT_REQUIRED
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def wait_for(condition, seconds=120):
    """Bound: the gaps between tries double, and a machine may be busy with a build."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not condition():
        time.sleep(0.1)
    return condition()


def main(directory):
    binary = os.environ["CONCORDAT"]
    data_port, desk_port, local_port, hook_port = free_ports(4)
    subprocess.run([binary, "init", directory, "--deployment", DEPLOYMENT, "--protocol",
                    REPOSITORY / "protocols/rj-west-midlands", "--data-port", str(data_port), "--desk-port",
                    str(desk_port), "--local-port", str(local_port)], check=True, stdout=subprocess.DEVNULL)
    for party in (POLICE, HUB):
        subprocess.run(["sh", directory / "authority/authority.sh", "party", directory, DEPLOYMENT, party, "localhost",
                        "127.0.0.1"], check=True, stdout=subprocess.DEVNULL)
    today = datetime.date.today()
    text = directory / "protocol/protocol.yaml"
    text.write_text(re.sub(r"(?m)^period:.*$", f"period: {{from: {today - datetime.timedelta(30)}, "
                           f"review: {today + datetime.timedelta(200)}, until: {today + datetime.timedelta(300)}}}",
                           text.read_text()))
    settings = directory / "concordat.yaml"
    settings.write_text(settings.read_text().replace("allow: []", 'allow: [127.0.0.0/8, "::1/128"]').replace(
        "endpoints: {}", f'endpoints: {{{HUB}: "https://localhost:{hook_port}/hook"}}').replace(
        "lease: PT1M", "lease: PT1M\n  first-retry: PT1S"))
    log = open(directory / "serve.log", "ab")
    daemon = subprocess.Popen([binary, "serve", "--config", settings], stdout=log, stderr=log)
    context = ssl.create_default_context(cafile=directory / "authority/trust.pem")
    context.load_cert_chain(directory / f"parties/{POLICE}.chain.crt", directory / f"parties/{POLICE}.key")

    def ask(method, path, body=None):
        connection = http.client.HTTPSConnection("127.0.0.1", data_port, timeout=30, context=context)
        headers = {"Content-Type": "application/cloudevents+json"} if body else {}
        connection.request(method, path, body=body, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()

    def is_up():
        try:
            return ask("GET", "/v1/me")[0] == 200
        except OSError:
            return False

    def state(identifier):
        return json.loads(ask("GET", f"/v1/messages/{identifier}")[1])["recipients"][0]["state"]

    def send(identifier):
        event = json.loads((REPOSITORY / "certs-example/referral.json").read_text())
        event.update(id=identifier, subject=f"case-{identifier}")
        return ask("POST", "/v1/messages", json.dumps(event).encode())[0]

    try:
        claim("the daemon answers", wait_for(is_up))
        impostor = Endpoint(directory, f"parties/{POLICE}", hook_port, [])
        claim("a message is taken", send("hook-1") == 202)
        time.sleep(2)
        claim("an endpoint with another party's certificate gets no request", not impostor.calls)
        claim("and the message waits", state("hook-1") in ("waiting", "handed-over"))
        impostor.stop()
        endpoint = Endpoint(directory, f"parties/{HUB}", hook_port, [500, 307, 200])
        claim("the right one gets it in the end", wait_for(lambda: state("hook-1") == "delivered"))
        paths = [call[0] for call in endpoint.calls]
        claim("a failure and a redirect were tried again, and the redirect not followed", paths == ["/hook"] * 3)
        claim("each time under the same id", {call[2]["id"] for call in endpoint.calls} == {"hook-1"})
        headers, event, uris = endpoint.calls[-1][1], endpoint.calls[-1][2], endpoint.calls[-1][3]
        claim("as a structured CloudEvent", headers["Content-Type"] == "application/cloudevents+json")
        claim("with its delivery id", headers["Concordat-Delivery"].startswith("d-"))
        claim("from the gateway's certificate", uris == [f"urn:concordat:{DEPLOYMENT}:party:gateway"])
        claim("cut", "narrative" not in event["data"] and "/narrative" in event["withheld"])
        time.sleep(2)
        claim("and never again", len(endpoint.calls) == 3)
        endpoint.stop()
    finally:
        daemon.terminate()
        claim("the daemon stops when asked to", daemon.wait(45) == 0)


if __name__ == "__main__":
    folder = pathlib.Path(tempfile.mkdtemp(prefix="concordat-webhook-"))
    try:
        main(folder / "deployment")
    finally:
        shutil.rmtree(folder)
    sys.exit(1 if failures else 0)
