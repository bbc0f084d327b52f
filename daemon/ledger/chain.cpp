#include "daemon/ledger/chain.hpp"

#include <fmt/format.h>

namespace vault::ledger {
namespace {

Error broken(VaultId vault, std::uint64_t seq, const char* what) {
    return Error{Errc::StoreInvalid,
                 fmt::format("journal of {}, entry {}: {}", to_text(vault), seq, what), "ledger",
                 "restore the store from a verified backup; do not trade on these books"};
}

}  // namespace

ChainVerifier::ChainVerifier(VaultId vault, ChainHead head) : vault_(vault), head_(head) {}

Result<void> ChainVerifier::next(const EntryColumns& columns, const Digest& hash) {
    const std::uint64_t seq = head_.seq + 1;
    if (columns.vault != vault_) return broken(vault_, seq, "it belongs to another vault");
    if (columns.seq != seq) return broken(vault_, seq, "it is missing or out of order");
    const bool continues = columns.tx != 0 && columns.tx == tx_;
    if (columns.tx != seq && !continues) return broken(vault_, seq, "its tx is no transaction's");
    if (columns.prev_hash != head_.hash) {
        return broken(vault_, seq, "prev_hash is not the hash of the entry before");
    }
    body_.clear();
    append_body(body_, columns);
    if (sha_.digest(body_) != hash) return broken(vault_, seq, "its hash is not that of its text");
    tx_ = columns.tx;
    head_ = ChainHead{seq, hash};
    return success();
}

Result<void> ChainVerifier::next(const Entry& entry) {
    const std::string at = format_utc(entry.at);
    const std::string postings = postings_json(entry.postings);
    const EntryColumns columns{entry.vault, entry.seq,           entry.tx, to_text(entry.kind),
                               entry.cause, to_text(entry.mode), at,       entry.actor,
                               postings,    entry.prev_hash};
    return next(columns, entry.hash);
}

}  // namespace vault::ledger
