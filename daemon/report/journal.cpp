#include "daemon/report/journal.hpp"

#include "daemon/report/entry_columns.hpp"

#include <algorithm>

namespace vault::report {

namespace {

Result<bool> has_entry(ports::StoreReader& reader, VaultId vault, std::uint64_t seq) {
    VAULT_TRY(const auto rows, reader.entries(vault, seq, 1));
    return !rows.empty();
}

}  // namespace

Result<std::uint64_t> journal_length(ports::StoreReader& reader, VaultId vault) {
    std::uint64_t known = 0;  // exists, or 0
    std::uint64_t probe = 1;
    for (;;) {
        VAULT_TRY(const bool there, has_entry(reader, vault, probe));
        if (!there) break;
        known = probe;
        probe *= 2;
    }
    while (probe - known > 1) {
        const std::uint64_t middle = known + (probe - known) / 2;
        VAULT_TRY(const bool there, has_entry(reader, vault, middle));
        (there ? known : probe) = middle;
    }
    return known;
}

NewestEntries::NewestEntries(VaultId vault, std::optional<UtcTime> from, std::optional<UtcTime> to,
                             std::uint32_t limit)
    : vault_(vault), from_(from), to_(to), limit_(limit) {}

Result<bool> NewestEntries::step(ports::StoreReader& reader) {
    if (!before_) {
        VAULT_TRY(const std::uint64_t length, journal_length(reader, vault_));
        before_ = length + 1;
    }
    const std::uint64_t first = *before_ > kJournalPage ? *before_ - kJournalPage : 1;
    const auto count = static_cast<std::uint32_t>(*before_ - first);
    if (count == 0) return false;
    VAULT_TRY(auto rows, reader.entries(vault_, first, count));
    for (auto row = rows.rbegin(); row != rows.rend() && newest_first_.size() < limit_; ++row) {
        const bool inside = (!from_ || row->at >= *from_) && (!to_ || row->at < *to_);
        if (inside) newest_first_.push_back(std::move(*row));
    }
    before_ = first;
    return first > 1 && newest_first_.size() < limit_;
}

std::vector<ports::EntryRow> NewestEntries::take() && {
    std::ranges::reverse(newest_first_);
    return std::move(newest_first_);
}

Result<ExportPage> export_page(ports::StoreReader& reader, VaultId vault, std::uint64_t from_seq,
                               std::uint32_t limit, std::size_t max_bytes) {
    VAULT_TRY(const auto rows, reader.entries(vault, from_seq, limit + 1));
    ExportPage page;
    std::size_t bytes = 0;
    for (const ports::EntryRow& row : rows) {
        if (page.lines.size() == limit || bytes >= max_bytes) {
            page.next_seq = row.seq;
            break;
        }
        const StoredColumns stored(row);
        std::string line;
        ledger::append_export_line(line, stored.columns, row.hash);
        bytes += line.size();
        page.lines.push_back(std::move(line));
    }
    return page;
}

}  // namespace vault::report
