"""The sessions of README.md, typed into a shell at a terminal as they stand there.

Every line of "A first session by hand" and "More people, and robots" is run in order; passwords are typed
where vaultctl asks for them. A line that does not end with 0 is a failure, and so is a prompt that the
README does not lead to.
"""

import os
import pathlib
import pty
import re
import select
import signal
import sys
import tempfile
import time

README = pathlib.Path(__file__).resolve().parents[2] / "README.md"
SECTIONS = ("A first session by hand", "More people, and robots")
FIRST, SECOND = "purple kettle 9 mountain", "green kettle 9 mountain"
ENDED = re.compile(r"\{ended with (\d+)\}")
# Ends a line that shows a question, not a failure.
MAY_BE_FALSE = ("why-not-trading",)


def lines_of(readme):
    text = readme.read_text()
    for title in SECTIONS:
        section = text.split(f"## {title}\n")[1].split("\n## ")[0]
        yield from (line[4:] for line in section.splitlines() if line.startswith("    "))


class Shell:
    """bash on a terminal of 100 columns. It ends with the test, and so does what it started."""

    def __init__(self, folder, variables):
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.chdir(folder)
            os.execvpe("bash", ["bash", "--norc", "--noprofile", "-i"],
                       {**variables, "PS1": "{ended with $?}", "TERM": "xterm", "LC_ALL": "C.UTF-8"})
        self.seen, self.password = "", FIRST
        self.told = self.ended({})

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.kill(self.pid, signal.SIGHUP)
        os.close(self.terminal)
        os.waitpid(self.pid, 0)

    def read(self, seconds):
        if not select.select([self.terminal], [], [], seconds)[0]:
            return False
        self.seen += os.read(self.terminal, 1 << 16).decode(errors="replace")
        return True

    def type(self, text):
        os.write(self.terminal, text.encode() + b"\n")

    def ended(self, answers):
        """Answers what is asked until the shell waits again; the exit code."""
        until = time.monotonic() + 40
        while True:
            if not self.read(0.1) and (end := ENDED.search(self.seen)):
                self.told, self.seen = self.seen, ""
                return int(end[1])
            last = re.split(r"[\r\n]", self.seen)[-1]
            if last in answers:
                self.seen = self.seen[:-len(last)] + "(asked)\n"
                self.type(answers[last])
            if "\x1b[?1049h" in self.seen:  # top has taken the terminal over
                time.sleep(1.5)
                os.write(self.terminal, b"q")
                self.seen = ""
            if time.monotonic() > until:
                sys.exit(f"no end of it: {self.seen!r}")

    def run(self, line):
        self.type(line)
        before = self.password
        if line.startswith("vaultctl passwd"):
            self.password = SECOND
        return self.ended({"Password: ": before, "New password: ": self.password,
                           "New password again: ": self.password,
                           "API key: ": "paper-alice", "Secret: ": "secret"})


def main(vaultd, vaultctl):
    ran = 0
    with tempfile.TemporaryDirectory(prefix="vault-test-") as name:
        folder = pathlib.Path(name)
        programs = folder / "build" / "release" / "bin"
        programs.mkdir(parents=True)
        for program in (vaultd, vaultctl):
            (programs / pathlib.Path(program).name).symlink_to(os.path.abspath(program))
        (folder / "run").mkdir(mode=0o700)
        kept = {key: os.environ[key] for key in ("PATH", "HOME", "ASAN_OPTIONS") if key in os.environ}
        with Shell(folder, {**kept, "XDG_RUNTIME_DIR": str(folder / "run")}) as shell:
            for line in lines_of(README):
                line = line.replace("/tmp/vault", str(folder / "vault"))
                if line.startswith("./dev "):
                    continue
                code = shell.run(line)
                if code != 0 and not any(word in line for word in MAY_BE_FALSE):
                    sys.exit(f"README.md: {line}\nended with {code}:\n{shell.told}")
                if line.startswith("alias "):
                    time.sleep(1)  # a person reads what comes next
                ran += 1
            shell.run("kill %1")
            shell.run("wait %1")
    print(f"{ran} lines of README.md run as they stand")


if __name__ == "__main__":
    main(*sys.argv[1:])
