#pragma once
// The identities of design/domain.md as functions over books, and the fold of a journal (invariant
// I5). Pure; any thread. post() runs check_identities() after every entry; the engine runs it on
// restored books, `ledger verify` folds.
#include "daemon/ledger/vault_books.hpp"

namespace vault::ledger {

// Errors: InvariantBroken, saying which identity and by how much; AmountTooLarge past kBalanceMax.
Result<void> check_identities(const VaultBooks& books);

// The books that a whole journal, in order, makes. What no journal holds (requests, shortfall,
// overdraft, dust marks) is empty in them. Errors: StoreInvalid (chain, a key booked twice), and
// what post() refuses.
Result<VaultBooks> fold(VaultId vault, Asset asset, std::span<const Entry> entries);

// True when both hold the same journal-derived figures and chain head.
bool same_journal(const VaultBooks& a, const VaultBooks& b);

}  // namespace vault::ledger
