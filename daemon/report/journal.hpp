#pragma once
// A vault's journal as it is stored: its length, its newest entries, and its export lines, byte for
// byte as design/domain.md states them. Read only, on the thread that owns the reader; every
// function makes one bounded step, so that a caller can let others in between. Errors: those of the
// reader.
#include "daemon/ports/store_reader.hpp"

#include <functional>

namespace vault::report {

inline constexpr std::uint32_t kJournalPage = 1000;

// seq of the last entry; 0 for an empty journal. About 2 log2(n) small reads.
Result<std::uint64_t> journal_length(ports::StoreReader& reader, VaultId vault);

// Walks backwards and keeps the newest `limit` entries with from <= at < to.
class NewestEntries {
  public:
    NewestEntries(VaultId vault, std::optional<UtcTime> from, std::optional<UtcTime> to,
                  std::uint32_t limit);
    // Reads one page. False when there is nothing more to read.
    Result<bool> step(ports::StoreReader& reader);
    // Oldest first.
    std::vector<ports::EntryRow> take() &&;

  private:
    VaultId vault_;
    std::optional<UtcTime> from_, to_;
    std::uint32_t limit_;
    std::optional<std::uint64_t> before_;  // the next page ends before this seq
    std::vector<ports::EntryRow> newest_first_;
};

struct ExportPage {
    std::vector<std::string> lines;         // without line ends
    std::optional<std::uint64_t> next_seq;  // none after the last page
};

// Entries from `from_seq` (>= 1) on, at most `limit` and about `max_bytes`, at least one if any.
Result<ExportPage> export_page(ports::StoreReader& reader, VaultId vault, std::uint64_t from_seq,
                               std::uint32_t limit, std::size_t max_bytes);

}  // namespace vault::report
