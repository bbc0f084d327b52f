"""Every fault of the emulator once, over the wire: what a client sees, and what the truth log says happened."""

import sys
import tempfile

import faults_of_life
import faults_of_requests
import faults_of_sockets
from emulator_client import Emulator, tls_options
from fault_table import Table


def in_the_clear(program):
    with Emulator(program) as emulator:
        table = Table(emulator)
        for group in (faults_of_requests, faults_of_sockets, faults_of_life):
            group.rows(table)
        table.show()


def over_tls(program):
    """Replies are spoiled beneath TLS, too."""
    with tempfile.TemporaryDirectory() as folder, Emulator(program, *tls_options(folder)) as emulator:
        table = Table(emulator)
        faults_of_requests.rows_of_any_transport(table)
        print(f"{len(table.rows)} of them over TLS as well")


def main():
    in_the_clear(sys.argv[1])
    over_tls(sys.argv[1])


if __name__ == "__main__":
    main()
