"""Alerts by the operator's own programs, which vaultd has another process run: a hook that reads the JSON,
and a real sendmail (msmtp) that takes the mails to an SMTP server on the loopback. What fails is tried
again, what hangs is ended, a daemon that is killed loses nothing, and the daemon itself starts no
program. The heartbeat by URL and by program; its silence, and a disk that stops buys, raise alerts.
"""

import json
import os
import pathlib
import pwd
import shutil
import socketserver
import tempfile
import threading
import time

from alert_receivers import Receiver
from alerts import SCENE, alarm, alerts, all_over, configure, correct, kill, states, target, test_of, until
from private_daemon import Daemon, check, main


class MailServer:
    """As much of RFC 5321 as a sendmail speaks. `mood`: ok, or the reply to who wants to send."""

    def __init__(self):
        self.mails, self.mood, self.lock = [], "ok", threading.Lock()
        outer = self

        class Handler(socketserver.StreamRequestHandler):
            def say(self, line):
                self.wfile.write(line.encode() + b"\r\n")

            def handle(self):
                self.say("220 loopback")
                to = []
                while line := self.rfile.readline():
                    word = line.split(b":")[0].split()[0].upper()
                    if word == b"RCPT":
                        if outer.mood != "ok":
                            self.say(outer.mood)
                            continue
                        to.append(line.split(b"<")[1].split(b">")[0].decode())
                    if word == b"DATA":
                        self.say("354 go on")
                        text = b""
                        while (part := self.rfile.readline()) != b".\r\n":
                            text += part
                        with outer.lock:
                            outer.mails.append((to, text.decode()))
                    self.say("221 bye" if word == b"QUIT" else "250 ok")
                    if word == b"QUIT":
                        return

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

        self.server = Server(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()


class Programs:
    """A folder of programs that whoever runs hooks may run, and of files that they write."""

    def __init__(self):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="vault-hooks-"))
        self.path.chmod(0o777)

    def put(self, name, text, mode=0o755):
        file = self.path / name
        file.write_text(text)
        file.chmod(mode)
        return file

    def sendmail(self, port):
        """msmtp reads a configuration of its own user alone."""
        settings = self.put("msmtprc", f"account default\nhost 127.0.0.1\nport {port}\nfrom vaultd@here\n"
                                       "tls off\nauth off\n", 0o600)
        if os.getuid() == 0:
            os.chown(settings, pwd.getpwnam("nobody").pw_uid, -1)
        return self.put("sendmail", f'#!/bin/sh\nexec msmtp -C {settings} "$@"\n')

    def lines(self, name):
        file = self.path / name
        return file.read_text().splitlines() if file.exists() else []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.path, ignore_errors=True)


def by(name, way, **more):
    fields = {"name": name, **way, **more}
    return "{" + ", ".join(f"{key}: {value}" for key, value in fields.items()) + "}"


def wait_for(what, holds, limit=60.0):
    end = time.monotonic() + limit
    while not holds():
        check(time.monotonic() < end, what, "- after", limit, "s")
        time.sleep(0.05)


def mails(daemon, programs):
    check(shutil.which("msmtp"), "msmtp is not here: ./dev install, or apt-get install msmtp")
    with MailServer() as server:
        sendmail = programs.sendmail(server.port)
        configure(daemon, by("post", {"mail": "ops@example.org"}), sendmail=sendmail)
        check(test_of(daemon, "post", 0)["ok"], "a mail")
        alarm(daemon)
        rows = until(daemon, all_over("post"), "a mail is not sent")
        check(set(states(rows, "post")) == {"delivered"}, rows)
        check([to for to, _ in server.mails] == [["ops@example.org"]] * 2, server.mails)
        head, text = server.mails[1][1].replace("\r\n", "\n").split("\n\n", 1)
        check("\nSubject: [core-vault] critical api_key k1\n" in "\n" + head, head)
        check("Auto-Submitted: auto-generated" in head and "From: " in head, head)
        check("do: vaultctl key list; then replace it: vaultctl key rotate k1" in text, text)
        check(all(len(line) <= 78 for line in text.splitlines()), text)
        server.mood = "550 no such mailbox"
        problem = test_of(daemon, "post", 3)["deliveries"][0]["problem"]
        check("no such mailbox" in problem, problem)
    problem = test_of(daemon, "post", 3)["deliveries"][0]["problem"]
    check("exit code" in problem and "onnect" in problem, problem)


def hooks(daemon, programs):
    out = programs.path / "told"
    tell = programs.put("tell", "#!/bin/sh\ncat >>\"$1\"\necho >>\"$1\"\n")
    configure(daemon, by("room", {"command": f"[{tell}, {out}]"}))
    check(test_of(daemon, "room", 0)["ok"], "a hook")
    daemon.ctl("alert", "ack", "--all")
    correct(daemon, "by a hook")
    until(daemon, all_over("room"), "a hook is not run")
    told = [json.loads(line) for line in programs.lines("told")]
    kinds = [[alert["kind"] for alert in one["alerts"]] for one in told]
    check(kinds == [["alert_test"], ["entry_corrected"]] and told[0]["target"] == "room", told)

    programs.put("tell", "#!/bin/sh\necho 'the room is locked' >&2\nexit 4\n")
    correct(daemon, "refused")
    tried = lambda rows: any(one["tries"] >= 3 for row in rows for one in row["deliveries"])
    rows = until(daemon, tried, "what failed is not tried again")
    check("exit code 4: the room is locked" in json.dumps(rows), rows)
    kill(daemon)
    programs.put("tell", "#!/bin/sh\ncat >>\"$1\"\necho >>\"$1\"\n")
    daemon.start()
    until(daemon, all_over("room"), "a kill has lost an alert")
    last = json.loads(programs.lines("told")[-1])
    check([alert["kind"] for alert in last["alerts"]] == ["entry_corrected"], last)

    programs.put("tell", f"#!/bin/sh\nid -u >{out}.uid; env >{out}.env\n")
    check(test_of(daemon, "room", 0)["ok"], "another program")
    uid = int(programs.lines("told.uid")[0])
    check(uid != 0, "a hook runs as root")
    check(not any("VAULT" in line for line in programs.lines("told.env")), programs.lines("told.env"))

    programs.put("tell", "#!/bin/sh\nsleep 600\n")
    began = time.monotonic()
    problem = test_of(daemon, "room", 3)["deliveries"][0]["problem"]
    check("took longer" in problem and time.monotonic() - began < 60, problem)
    (programs.path / "tell").unlink()
    problem = test_of(daemon, "room", 3)["deliveries"][0]["problem"]
    check("No such file" in problem, problem)


def heartbeat(daemon, programs):
    beats = programs.path / "beats"
    beat = programs.put("beat", f"#!/bin/sh\necho x >>{beats}\n")
    kinds = lambda: [row["kind"] for row in alerts(daemon)]
    with Receiver() as receiver:
        url = f"http://127.0.0.1:{receiver.port}/beat"
        configure(daemon, target("ops", url), heartbeat_url=url, heartbeat_command=beat, heartbeat_every="1s")
        wait_for("the program of the heartbeat is not run", lambda: len(programs.lines("beats")) >= 2)
        receiver.until(lambda got: len([one for one in got if one["path"] == "/beat"]) >= 2, "no heartbeat")
        check("heartbeat_unheard" not in kinds(), alerts(daemon))
        receiver.mood = "500"
        wait_for("silence raises no alert", lambda: "heartbeat_unheard" in kinds())
        receiver.mood = "ok"
        wait_for("its end raises no alert", lambda: "heartbeat_heard" in kinds())
        programs.put("beat", "#!/bin/sh\nexit 9\n")
        unheard = lambda: [row for row in alerts(daemon) if row["kind"] == "heartbeat_unheard"
                           and "exit code 9" in row["message"]]
        wait_for("a program that fails raises no alert", unheard)


def full_disk(daemon):
    """The disk that this runs on counts as full; it is used by that much, or this is left out."""
    used = daemon.ctl("status")["store"]["disk_used_pct"]
    if used < 11:
        print(f"left out: a disk of which {used} % are used cannot be taken for full")
        return
    configure(daemon)
    daemon.stop()
    text = daemon.config.read_text()
    daemon.config.write_text(text + "store:\n  disk_alert_pct: 10\n  disk_stop_buys_pct: 11\n")
    daemon.start()
    told = lambda: [row for row in alerts(daemon) if row["kind"] == "buys_stopped"]
    wait_for("stopped buys raise no alert", told)
    check("vaultctl doctor" in told()[0]["next"], told())
    daemon.stop()
    daemon.config.write_text(text)
    daemon.start()
    wait_for("their end raises no alert", lambda: "buys_go_on" in [row["kind"] for row in alerts(daemon)])


def test(vaultd, vaultctl):
    with Programs() as programs, Daemon(vaultd, vaultctl) as daemon:
        daemon.play(SCENE)
        mails(daemon, programs)
        hooks(daemon, programs)
        heartbeat(daemon, programs)
        daemon.stop()
        daemon.start()
        full_disk(daemon)
        daemon.stop()


if __name__ == "__main__":
    main(test)
