#include "daemon/report/books_before.hpp"

#include "daemon/report/entry_columns.hpp"
#include "daemon/report/journal.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::report {

Result<bool> BooksBefore::step(ports::StoreReader& reader) {
    if (!begun_) {
        VAULT_TRY(const auto vaults, reader.vaults());
        const auto row = std::ranges::find(vaults, vault_, &ports::VaultRow::id);
        if (row == vaults.end())
            return Error(Errc::NotFound, fmt::format("there is no vault {}", to_text(vault_)),
                         "vault", "vaultctl vault list shows the vaults");
        books_ = ledger::VaultBooks(vault_, row->asset);
        begun_ = true;
    }
    const std::uint64_t next = books_.head().seq + 1;
    if (next >= seq_) return false;
    const auto count =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(seq_ - next, kJournalPage));
    VAULT_TRY(const auto rows, reader.entries(vault_, next, count));
    for (const ports::EntryRow& row : rows) {
        const StoredColumns stored(row);
        VAULT_TRY(const ledger::Entry entry, ledger::parse_entry(stored.columns, row.hash));
        VAULT_TRYV(books_.post(entry));
    }
    return !rows.empty() && books_.head().seq + 1 < seq_;
}

}  // namespace vault::report
