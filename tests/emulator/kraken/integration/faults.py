"""Every fault of the emulator once, over the wire: what a client sees, and what the truth log says happened."""

import sys

import faults_of_life
import faults_of_requests
import faults_of_sockets
from emulator_client import Emulator
from fault_table import Table


def main():
    with Emulator(sys.argv[1]) as emulator:
        table = Table(emulator)
        for group in (faults_of_requests, faults_of_sockets, faults_of_life):
            group.rows(table)
        table.show()


if __name__ == "__main__":
    main()
