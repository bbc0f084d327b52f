#pragma once
// A stored entry row as the columns that the ledger hashes and writes. Private to the report room;
// the texts live as long as the row and this value do. Cannot fail.
#include "daemon/ledger/canonical.hpp"
#include "daemon/ports/rows.hpp"

namespace vault::report {

struct StoredColumns {
    std::string at;
    ledger::EntryColumns columns;

    explicit StoredColumns(const ports::EntryRow& row) : at(format_utc(row.at)) {
        columns.vault = row.vault;
        columns.seq = row.seq;
        columns.tx = row.tx;
        columns.kind = row.kind;
        columns.cause = row.cause;
        columns.mode = to_text(row.owner.mode);
        columns.at = at;
        columns.actor = row.owner.actor;
        columns.postings_json = row.postings_json;
        columns.prev_hash = row.prev_hash;
    }
    StoredColumns(const StoredColumns&) = delete;  // columns.at points into this value
    StoredColumns& operator=(const StoredColumns&) = delete;
};

}  // namespace vault::report
