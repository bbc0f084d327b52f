"""vaultd --print-schema against the configuration files that the daemon takes and refuses.

The schema is valid draft 2020-12, takes config.example.yaml and what the daemon takes, and refuses
what it can know to be wrong. Needs the Python packages jsonschema and yaml; skipped without them.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys

from private_daemon import Skipped, check, main

RIGHT = ["", "log: {level: debug}\n", "store:\n", "store: {retention: {prices: 90d}}\n",
         "control: {mode: 0600}\n", "control: {mode: '0660'}\n", "paper: {fee_rate: 0.004}\n",
         "paper: {fee_rate: '0.004'}\n", "engine: {ahead_ms_max: 500}\n",
         "paper: {pairs: [{pair: DOGE/USDT, tick: 0.00001, lot: 1}]}\n",
         "store: {retention: {prices_full: 1d12h}}\n", "risk: {max_drawdown: off, max_trades_per_day: off}\n",
         "risk: {max_daily_loss: 50, caps_reset_daily: true}\n", "alerts: {retry_after: 500ms, targets: []}\n",
         "alerts: {targets: [{name: ops, url: 'https://host:8443/a?b=1', secret_file: s, quiet: '22:00-06:30',"
         " severity: critical, users: [alice]}]}\n",
         "kraken: {rest: 'http://127.0.0.1:1', pairs: 'ETH/USD  BTC/USD'}\n"]
WRONG = ["risk: {max_drawdown: on}\n", "risk: {max_trades_per_day: true}\n", "risk: {caps_reset_daily: 1}\n",
         "lg: {level: debug}\n", "log: {level: loud}\n", "log: {lvl: debug}\n", "store: 5\n",
         "store: {ballast_mib: 2000}\n", "store: {ballast_mib: -1}\n",
         "store: {ballast_mib: many}\n", "store: {retention: {prices: soon}}\n",
         "store: {retention: {prices: ''}}\n", "store: {path: ''}\n", "control: {mode: rw}\n",
         "paper: {fee_rate: -0.1}\n", "paper: {fee_rate: cheap}\n", "paper: {fee_in: both}\n",
         "paper: {pairs: [{tick: 1}]}\n", "paper: {pairs: [{pair: eth}]}\n",
         "paper: {pairs: [{pair: ETH/USDT, tik: 1}]}\n", "- a\n", "alerts: {targets: [{name: ops}]}\n",
         "alerts: {targets: [{name: ops, url: 'ftp://x/'}]}\n", "alerts: {targets: 5}\n",
         "alerts: {targets: [{name: Ops, url: 'https://x/'}]}\n",
         "alerts: {targets: [{name: ops, url: 'https://x/', quiet: '25:00-06:00'}]}\n",
         "alerts: {targets: [{name: ops, url: 'https://x/', users: []}]}\n",
         "kraken: {rest: 'ftp://x'}\n", "kraken: {websocket: 'https://x/v2'}\n", "kraken: {pairs: eth}\n"]


def packages():
    """jsonschema and yaml, or the same script under another Python that has them."""
    try:
        import jsonschema
        import yaml
        return jsonschema, yaml
    except ImportError:
        other = shutil.which("python3")
        if other and "VAULT_SCHEMA_RETRY" not in os.environ and other != sys.executable:
            os.environ["VAULT_SCHEMA_RETRY"] = "1"
            os.execv(other, [other, "-B", *sys.argv])
        raise Skipped("no Python packages jsonschema and yaml") from None


def daemon_takes(vaultd, text):
    return subprocess.run([vaultd, "--check-config", "--config", "/dev/stdin"], input=text,
                          capture_output=True, text=True, timeout=20, check=False).returncode == 0


def leaves(schema):
    for value in schema.get("properties", {}).values():
        yield from leaves(value) if "properties" in value else [value]


def test(vaultd, _vaultctl):
    jsonschema, yaml = packages()
    done = subprocess.run([vaultd, "--print-schema"], capture_output=True, text=True, timeout=20,
                          check=False)
    check(done.returncode == 0 and done.stdout.endswith("}\n"), "--print-schema:", done)
    schema = json.loads(done.stdout)
    check(schema["$schema"].endswith("/draft/2020-12/schema"), schema["$schema"])
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    example = pathlib.Path(__file__).resolve().parents[2] / "config.example.yaml"
    faults = [fault.message for fault in validator.iter_errors(yaml.safe_load(example.read_text()))]
    check(not faults, "config.example.yaml:", faults)
    for text in RIGHT:
        check(validator.is_valid(yaml.safe_load(text)), "the schema refuses", repr(text))
        check(daemon_takes(vaultd, text), "vaultd refuses", repr(text))
    for text in WRONG:
        check(not validator.is_valid(yaml.safe_load(text)), "the schema takes", repr(text))
        check(not daemon_takes(vaultd, text), "vaultd takes", repr(text))
    keys = list(leaves(schema))
    check(len(keys) >= 36, "only", len(keys), "keys")
    for key in keys:
        check(key["description"] and key["x-applies"] in ("reload", "restart"), "a bare key:", key)
        if "default" in key:
            check(jsonschema.Draft202012Validator(key).is_valid(key["default"]), "its own default:",
                  key)
    print(f"{len(keys)} keys; config.example.yaml, {len(RIGHT)} right and {len(WRONG)} wrong files")


if __name__ == "__main__":
    main(test)
