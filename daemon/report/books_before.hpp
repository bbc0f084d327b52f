#pragma once
// BooksBefore: a vault's books as they were before one entry of its journal, folded from the first
// entry on: the journal is the only witness of what a sleeve had at that moment. One page per step,
// so that a caller can let other reads in between. Belongs to one caller; step() runs on the thread
// that owns the reader. Errors: StoreFailed, NotFound for an unknown vault, InvariantBroken for a
// journal that does not fold.
#include "daemon/ledger/vault_books.hpp"
#include "daemon/ports/store_reader.hpp"

namespace vault::report {

class BooksBefore {
  public:
    BooksBefore(VaultId vault, std::uint64_t seq) : vault_(vault), seq_(seq) {}
    // False when the entry is reached.
    Result<bool> step(ports::StoreReader& reader);
    const ledger::VaultBooks& books() const { return books_; }

  private:
    VaultId vault_;
    std::uint64_t seq_;
    bool begun_ = false;
    ledger::VaultBooks books_;
};

}  // namespace vault::report
