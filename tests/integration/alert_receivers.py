"""Receivers of alerts on the loopback: real HTTP servers, plain or with TLS under a CA of the test's own,
that check what they get as vaultd(8) tells receivers to, and can fail in every way a receiver fails.
"""

import hashlib
import hmac
import http.server
import json
import pathlib
import socket
import ssl
import subprocess
import threading
import time

from private_daemon import check


def verified(secret, headers, body, now=None):
    """The check of vaultd(8), word for word: true if `body` comes from who knows the secret."""
    stamp = headers.get("Vault-Timestamp", "")
    given = headers.get("Vault-Signature", "").removeprefix("v1=")
    wanted = hmac.new(secret, stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    fresh = abs((now or time.time()) - int(stamp)) < 300
    return fresh and hmac.compare_digest(given, wanted)


class Authority:
    """A CA, and certificates of it for the names that are asked for."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(exist_ok=True)
        self.ca = self.directory / "ca.pem"
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=test CA")

    def openssl(self, *words):
        done = subprocess.run(["openssl", *words], cwd=self.directory, capture_output=True, check=False)
        check(done.returncode == 0, "openssl", *words, done.stderr.decode())

    def certificate(self, name, *alternatives):
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        (self.directory / f"{name}.ext").write_text(f"subjectAltName={','.join(alternatives)}\n")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                     "-CAcreateserial", "-days", "2", "-extfile", f"{name}.ext", "-out", f"{name}.pem")
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.directory / f"{name}.pem", self.directory / f"{name}.key")
        return context


class Receiver:
    """A server that keeps what it gets. `mood` is how it answers: ok, or one of its failures."""

    def __init__(self, secret=None, context=None, port=0, mood="ok"):
        self.secret, self.mood = secret, mood
        self.got, self.lock = [], threading.Lock()
        self.arrived = threading.Condition(self.lock)
        self.let_go = threading.Event()
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.take(self, body)
                receiver.answer(self)

            def do_GET(self):
                receiver.take(self, b"")
                receiver.answer(self)

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_):  # who was killed while he spoke is no news
                pass

        self.server = Server(("127.0.0.1", port), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True,
                                                     do_handshake_on_connect=False)
        self.port = self.server.server_address[1]
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()

    def take(self, request, body):
        good = self.secret is None or verified(self.secret, request.headers, body)
        with self.lock:
            self.got.append({"path": request.path, "method": request.command, "signed": good, "body": body,
                             "headers": dict(request.headers), "mood": self.mood})
            self.arrived.notify_all()

    def answer(self, request):
        mood = self.mood
        if mood == "ok":
            request.send_response(204)
            request.end_headers()
        elif mood == "500":
            request.send_error(500, "out of order")
        elif mood == "redirect":
            request.send_response(302)
            request.send_header("Location", f"http://127.0.0.1:{self.port}/elsewhere")
            request.end_headers()
        elif mood == "hang":
            self.let_go.wait(60)
        elif mood == "cut":
            request.connection.shutdown(socket.SHUT_RDWR)
        elif mood == "garbage":
            request.wfile.write(b"\xff\xfe this is no HTTP \x00\r\n\r\n")
        elif mood == "flood":
            try:
                request.wfile.write(b"HTTP/1.1 200 OK\r\n")
                for number in range(20_000):
                    request.wfile.write(b"X-%d: %s\r\n" % (number, b"x" * 200))
            except OSError:
                pass
        request.close_connection = True

    def until(self, holds, what, limit=60.0):
        """Waits until holds(requests so far)."""
        end = time.monotonic() + limit
        with self.lock:
            while not holds(self.got):
                left = end - time.monotonic()
                check(left > 0, what, "- after", limit, "s got", [one["body"][:300] for one in self.got])
                self.arrived.wait(left)
            return list(self.got)

    def alerts(self, mood=None):
        """Every alert of every message, or of those that came in this mood."""
        with self.lock:
            messages = [json.loads(one["body"]) for one in self.got
                        if one["body"] and mood in (None, one["mood"])]
        return [alert for message in messages for alert in message["alerts"]]
