"""A private emulator and raw clients of it, for the tests of this folder: the standard library alone."""

import base64
import hashlib
import hmac
import http.client
import json
import os
import pathlib
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import urllib.parse

START = "2026-03-04T00:00:00Z"


def check(good, *what):
    if not good:
        print("FAILED:", *what)
        sys.exit(1)


def expect(got, wanted, what):
    check(got == wanted, what, "\n  got   ", got, "\n  wanted", wanted)


def tls_options(folder):
    """Those of an emulator that speaks TLS, with a certificate of its own."""
    certificate, key = pathlib.Path(folder, "cert.pem"), pathlib.Path(folder, "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1"],
                   check=True, capture_output=True)
    return ["--tls-certificate", certificate, "--tls-key", key]


def trusting():
    """The certificate is the test's own."""
    return ssl._create_unverified_context()


class Emulator:
    """Runs while its block does. Time stands still and nobody else trades, unless `options` say else."""

    def __init__(self, program, *options, start=START):
        self.folder = tempfile.TemporaryDirectory()
        self.truth_file = pathlib.Path(self.folder.name, "truth.jsonl")
        usual = {"--scale": "0", "--market": "none", **({"--start": start} if start else {})}
        given = [word for name in usual if name not in options for word in (name, usual[name])]
        self.process = subprocess.Popen([program, "--json", *given, "--truth", self.truth_file, *options],
                                        stdout=subprocess.PIPE, text=True)
        where = json.loads(self.process.stdout.readline())
        self.key, self.secret = where["key"], where["secret"]
        self.api = urllib.parse.urlparse(where["api"])
        self.control_port = urllib.parse.urlparse(where["control"]).port
        self.nonce = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        ended = self.process.wait(30)
        self.folder.cleanup()
        check(ended == 0, "the emulator ended with", ended)

    def control(self, method, **members):
        connection = http.client.HTTPConnection("127.0.0.1", self.control_port, timeout=60)
        connection.request("POST", f"/{method}", json.dumps(members))
        reply = connection.getresponse()
        document = json.loads(reply.read())
        check(reply.status == 200, method, members, document)
        connection.close()
        return document

    def connection(self, timeout=60):
        if self.api.scheme == "https":
            return http.client.HTTPSConnection("127.0.0.1", self.api.port, timeout=timeout, context=trusting())
        return http.client.HTTPConnection("127.0.0.1", self.api.port, timeout=timeout)

    def signed(self, method, form=(), as_json=False):
        """Path, body and headers of a private call."""
        self.nonce += 1
        path, nonce = f"/0/private/{method}", str(self.nonce)
        members = {"nonce": nonce, **dict(form)}
        body = json.dumps(members) if as_json else urllib.parse.urlencode(members)
        digest = hashlib.sha256((nonce + body).encode()).digest()
        mac = hmac.new(base64.b64decode(self.secret), path.encode() + digest, hashlib.sha512).digest()
        kind = "application/json" if as_json else "application/x-www-form-urlencoded"
        headers = {"API-Key": self.key, "API-Sign": base64.b64encode(mac).decode(), "Content-Type": kind}
        return path, body, headers

    def raw_call(self, method, form=(), timeout=60):
        """Status, content type and body as they came; an OSError or http.client exception if they did not."""
        connection = self.connection(timeout)
        try:
            path, body, headers = self.signed(method, form)
            connection.request("POST", path, body, headers)
            reply = connection.getresponse()
            return reply.status, reply.getheader("Content-Type"), reply.read()
        finally:
            connection.close()

    def call(self, method, **form):
        status, _, body = self.raw_call(method, form)
        check(status == 200, method, form, status)
        return json.loads(body)

    def result(self, method, **form):
        reply = self.call(method, **form)
        check(reply["error"] == [], method, form, reply)
        return reply["result"]

    def truth(self, kind=None):
        lines = [json.loads(line) for line in self.truth_file.read_text().splitlines()]
        return [line for line in lines if kind in (None, line["kind"])]


class Socket:
    """A WebSocket by hand: text frames, no extensions."""

    def __init__(self, emulator, path):
        self.stream = socket.create_connection(("127.0.0.1", emulator.api.port), timeout=30)
        if emulator.api.scheme == "https":
            self.stream = trusting().wrap_socket(self.stream)
        key = base64.b64encode(os.urandom(16)).decode()
        self.stream.sendall((f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.left = b""
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += self.take(1)
        check(head.startswith(b"HTTP/1.1 101"), path, head)

    def take(self, size):
        while len(self.left) < size:
            got = self.stream.recv(65536)
            if not got:
                raise ConnectionError("closed")
            self.left += got
        out, self.left = self.left[:size], self.left[size:]
        return out

    def send(self, **message):
        body = json.dumps(message).encode()
        mask = os.urandom(4)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else bytes([0xFE]) + struct.pack(">H", len(body))
        self.stream.sendall(b"\x81" + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body)))

    def frame(self):
        """Whether it is the last of its message, its opcode and its payload."""
        first, size = self.take(2)
        if size == 126:
            size = struct.unpack(">H", self.take(2))[0]
        elif size == 127:
            size = struct.unpack(">Q", self.take(8))[0]
        return bool(first & 0x80), first & 0x0F, self.take(size)

    def text(self):
        """The next message as it came, all its frames; ConnectionError if it closes instead."""
        parts, whole = [], False
        while not whole:
            whole, opcode, part = self.frame()
            if opcode == 8:
                raise ConnectionError("closed")
            check(opcode == (0 if parts else 1), "a frame of opcode", opcode)
            parts.append(part)
        return b"".join(parts).decode()

    def message(self):
        return json.loads(self.text())

    def until(self, wanted):
        """The first message that `wanted` takes."""
        while True:
            message = self.message()
            if wanted(message):
                return message

    def close(self):
        self.stream.close()
