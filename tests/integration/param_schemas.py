"""The JSON Schemas of `api describe` against what the daemon takes.

For every parameter of every method a list of values, right and wrong, is tried on the running daemon
(changes as dry runs) and on the schema. What the schema refuses the daemon must refuse too, naming
the parameter; what the daemon refuses for its shape the schema must not take. Needs the Python
package jsonschema; skipped without it.
"""

import os

from config_schema import packages
from private_daemon import Daemon, check, main

VALUES = ["", " ", "v1", "v1.flash.1", "12.5", "-3", "+1", "1e3", "007", ".5", "5.", "NaN", "0", "-0",
          "0.1234567890123456789", "2024-01-01", "2024-13-01", "2024-01-01T00:00:00Z",
          "2024-01-01 00:00:00.5+00:00", "2024-01-01T00:00", "30s", "1d12h", "12h1d", "h", "-5s",
          "USDT", "usdt", "ETH/USDT", "ETH", "eth/usdt", "/", "quiet", "QUIET", "off", "paper", "max",
          "x" * 1000, "x" * 1001, "line\nfeed", "two words", 0, 1, 5, -5, 10**6, 10**12, True, False,
          None, [], ["ETH/USDT"], ["eth"], [1], "[]", {}, {"a": "b"}, {"a": 1}, {"min": 1, "max": 1}]
RIGHT = {"string": "v1", "decimal": "1", "integer": 1, "bool": True, "time": "2024-01-01",
         "duration": "1h", "asset": "USDT", "pair": "ETH/USDT", "map": {"stop_loss": "0.02"},
         "json": {}}
# How the daemon says that the shape is wrong; what else it refuses is a question of what exists.
SHAPE = ("belongs here", "is none of", "is empty", "is longer than", "is not a number", "is not a pair",
         "is not an asset", "is not a UTC time", "is not a duration", "is below", "is above",
         "more than 18 decimals")
# Shapes that a pattern does not tell: values too large, dates of no calendar, text with a tab.
BEYOND = ("is too large", "control character", "is not above zero")


def one_right(param):
    value = param["allowed"][0] if param["type"] == "enum" else RIGHT[param["type"]]
    if param["type"] == "integer":
        value = max(1, param.get("low", 1))
    return [value] if param["repeated"] else value


def beyond_a_pattern(value, message):
    """A date that is in no calendar, an asset of more than 15 letters, a pair with itself."""
    return any(part in message for part in BEYOND) or value == "2024-13-01" or (
        isinstance(value, str) and len(value) > 15 and "is not a" in message)


def refusal(wire, method, params):
    """The message of an INVALID_PARAMS that is about the shape; None if it is taken."""
    meta = {"dry_run": True, "idem_key": os.urandom(8).hex()} if method["mutates"] else {}
    wire.ask(method["name"], params, **meta)
    while "id" not in (reply := wire.line()):
        pass  # of a subscription that was opened on the way
    error = reply.get("error")
    if error is None or error["data"]["code"] != "INVALID_PARAMS":
        return None
    return error


def try_param(daemon, method, param, schema, validator, counts):
    base = {other["name"]: one_right(other) for other in method["params"]
            if other["required"] and other["name"] != param["name"]}
    with daemon.wire() as wire:
        for value in VALUES:
            params = {**base, param["name"]: value}
            taken = validator(schema).is_valid(params)
            error = refusal(wire, method, params)
            message = error["message"] if error else ""
            what = f"{method['name']} {param['name']}={str(value)[:60]!r}:"
            counts["taken" if taken else "refused"] += 1
            if not taken:
                check(error is not None, what, "the schema refuses it, the daemon does not")
                check(message.startswith(param["name"] + ":") or isinstance(value, dict)
                      or error["data"].get("field") == param["name"], what, "it says", message)
            elif error and error["data"].get("field") == param["name"]:
                shape = any(part in message for part in SHAPE)
                check(not shape or beyond_a_pattern(value, message), what,
                      "the schema takes it, the daemon says", message)


def test(vaultd, vaultctl):
    jsonschema, _ = packages()
    validator = jsonschema.Draft202012Validator
    counts = {"taken": 0, "refused": 0}
    with Daemon(vaultd, vaultctl) as daemon:
        methods = daemon.ctl("api", "describe")["methods"]
        for method in methods:
            schema = method["params_schema"]
            validator.check_schema(schema)
            check(list(schema["properties"]) == [param["name"] for param in method["params"]],
                  method["name"], "has other properties:", list(schema["properties"]))
            check(schema["required"] == [param["name"] for param in method["params"]
                                         if param["required"]], method["name"], schema["required"])
            check(not validator(schema).is_valid({"frob": 1}), method["name"], "takes anything")
            if method["name"] == "hello":
                continue  # was said
            for param in method["params"]:
                try_param(daemon, method, param, schema, validator, counts)
    check(min(counts.values()) > 500, "too few of both kinds:", counts)
    print(f"{len(methods)} schemas; {counts['taken']} values taken, {counts['refused']} refused")


if __name__ == "__main__":
    main(test)
