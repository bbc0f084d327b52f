#include "daemon/report/vault_queue.hpp"

#include "daemon/report/explain.hpp"

namespace vault::report {

Result<bool> is_before(ports::StoreReader& reader, const VaultMark& mark,
                       const ports::FillRow& row) {
    if (row.fill.time != mark.now) return row.fill.time < mark.now;
    VAULT_TRY(const ports::EntryRow entry, entry_of_fill(reader, row));
    return entry.seq <= mark.seq;
}

Result<bool> is_before(ports::StoreReader& reader, const VaultMark& mark,
                       const ports::SweepRow& row) {
    if (row.at != mark.now) return row.at < mark.now;
    VAULT_TRY(const ports::EntryRow entry, entry_of_sweep(reader, row));
    return entry.seq <= mark.seq;
}

bool is_before(const VaultMark& mark, const ports::CycleRow& row) {
    if (row.closed_at != mark.now) return row.closed_at < mark.now;
    return row.number <= mark.cycles[index_of(row.sleeve)];
}

}  // namespace vault::report
