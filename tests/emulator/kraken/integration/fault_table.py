"""The table of the faults' test: a row for each fault, with what its client saw and what the truth log says."""

import datetime
import http.client
import json
import socket
import time

from emulator_client import check, expect

ORDER = {"pair": "XBTUSD", "type": "buy", "ordertype": "limit", "price": "40000", "volume": "0.01"}
MARKET = {"pair": "XBTUSD", "type": "buy", "ordertype": "market", "volume": "0.001"}
PATIENCE = 60  # s, of a client that gets an answer
IMPATIENCE = 1  # of one that does not


class Table:
    def __init__(self, emulator):
        self.emulator = emulator
        self.rows = []
        self.mark = 0

    def begin(self):
        """A quiet emulator: no fault in force, no order open, no counter near its limit."""
        self.emulator.control("faults", faults=[])
        self.emulator.control("message_faults", faults=[])
        self.emulator.control("time", advance="10m", skew="0")
        self.emulator.result("CancelAll")
        self.mark = len(self.emulator.truth())

    def told(self, kind):
        """What the truth log says since the row began."""
        return [line for line in self.emulator.truth()[self.mark:] if line["kind"] == kind]

    def row(self, fault, saw, wanted_saw, truth, wanted_truth):
        """Both are checked; the table shows what was there."""
        expect(saw, wanted_saw, f"{fault}: what the client saw")
        expect(truth, wanted_truth, f"{fault}: the truth log")
        self.rows.append((fault, as_text(saw), as_text(truth)))

    def show(self):
        rows = [("fault", "client saw", "truth log"), *self.rows]
        widths = [max(len(row[column]) for row in rows) for column in range(3)]
        for row in rows:
            print(" | ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())

    # What the truth log says, in a few words.

    def landed(self, name):
        """Of an order, by its client's name."""
        steps = [line["execution"] for line in self.told("order") if line.get("cl_ord_id") == name]
        return f"order {steps[-1]}" if steps else "no order"

    def struck(self):
        """Of the last request that was struck."""
        faults = [line["fault"] for line in self.told("request") if "fault" in line]
        check(faults, "the truth log has no fault")
        return f"fault {faults[-1]['landing']}/{faults[-1]['answered']}"

    def wait_for_request(self, part):
        """Until the emulator has dealt with a request whose body has that in it."""
        for _ in range(600):
            if any(part in line.get("body", "") for line in self.told("request")):
                return
            time.sleep(0.05)
        check(False, "no request with", part)


def as_text(value):
    if isinstance(value, str):
        return value
    return ", ".join(str(each) for each in value)


def moment(emulator, ahead=0):
    """The emulator's time so many seconds from now; it stands at a whole second."""
    now = emulator.control("time")["now"]
    check(now.endswith(".000000000Z"), "the time", now)
    then = datetime.datetime.fromisoformat(now[:19]) + datetime.timedelta(seconds=ahead)
    return f"{then.isoformat()}Z"


def used_connection(emulator):
    """One that has been used already, as those of clients with keep-alive are."""
    connection = emulator.connection(PATIENCE)
    connection.request("GET", "/0/public/Time")
    check(connection.getresponse().read(), "Time")
    return connection


def ask(emulator, connection, method, form):
    path, body, headers = emulator.signed(method, form)
    connection.request("POST", path, body, headers)


def outcome(reply):
    """Of a whole reply, in a word."""
    body = reply.read()
    if reply.getheader("Content-Type") == "text/html":
        check(body.startswith(b"<html>"), body)
        return f"HTML page {reply.status}"
    expect(reply.status, 200, "the status")
    if reply.getheader("Content-Encoding") == "gzip":
        check(not body.startswith(b"\x1f\x8b"), "it is compressed after all")
        return "gzip that is none"
    document = json.loads(body)
    return document["error"][0] if document["error"] else "done"


def sees(emulator, method, form, patience=PATIENCE):
    """How a call ends for a client, in a word; and whether its connection lives on."""
    connection = used_connection(emulator)
    used = connection.sock
    try:
        ask(emulator, connection, method, form)
        used.settimeout(patience)
        seen = outcome(connection.getresponse())
        connection.request("GET", "/0/public/Time")
        expect(json.loads(connection.getresponse().read())["error"], [], "Time")
        check(connection.sock is used, "the connection was not kept alive")
        return seen
    except socket.timeout:
        return "timeout"
    except ConnectionResetError:
        return "reset"
    except http.client.IncompleteRead as cut:
        check(cut.partial.startswith(b'{"error":['), cut.partial)
        return "half of the JSON"
    finally:
        connection.close()
