#include "daemon/store/sqlite/heads.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::store {

namespace {

constexpr std::uint64_t kOverdueFactor = 4;
constexpr std::uint64_t kSumFactor = 20;  // start-up walks at most about this many times `every`

}  // namespace

void Heads::set(VaultId vault, const Known& known) {
    auto& slot = known_[vault];
    sum_ -= slot.since();
    slot = known;
    sum_ += slot.since();
    if (slot.since() >= every_)
        due_.insert(vault);
    else
        due_.erase(vault);
}

void Heads::checkpoint_every(std::uint64_t every) {
    every_ = every;
    due_.clear();
    for (const auto& [vault, known] : known_)
        if (known.since() >= every_) due_.insert(vault);
}

Result<void> Heads::learn(VaultId vault) {
    Known known;
    VAULT_TRY(known.head, prover_.stored_head(vault));
    VAULT_TRY(known.checkpoint_seq, prover_.checkpoint_seq(vault));
    known.given_up = known.checkpoint_seq > known.head.seq;
    set(vault, known);
    return success();
}

Result<void> Heads::stage(const ports::EntryRow& entry) {
    auto at = staged_.find(entry.vault);
    if (at == staged_.end()) {
        if (known_.find(entry.vault) == known_.end()) {
            VAULT_TRYV(learn(entry.vault));
        }
        at = staged_.emplace(entry.vault, known_[entry.vault].head).first;
    }
    ledger::ChainHead& head = at->second;
    if (entry.seq != head.seq + 1 || entry.prev_hash != head.hash)
        return Error{
            Errc::StoreInvalid,
            fmt::format("{}, entry {}: does not continue the journal, whose last entry is {}",
                        to_text(entry.vault), entry.seq, head.seq),
            "store", "reload the shard from the store"};
    head = {entry.seq, entry.hash};
    return success();
}

void Heads::keep_staged() {
    for (const auto& [vault, head] : staged_) {
        Known known = known_[vault];
        known.head = head;
        set(vault, known);
    }
    staged_.clear();
}

void Heads::forget() {
    known_.clear();
    staged_.clear();
    due_.clear();
    sum_ = 0;
}

void Heads::checkpointed(VaultId vault, std::uint64_t seq) {
    Known known = known_[vault];
    known.checkpoint_seq = seq;
    set(vault, known);
}

void Heads::give_up(VaultId vault) {
    Known known = known_[vault];
    known.given_up = true;
    set(vault, known);
}

std::uint64_t Heads::since_checkpoint(VaultId vault) const {
    const auto at = known_.find(vault);
    return at == known_.end() ? 0 : at->second.since();
}

std::optional<VaultId> Heads::due() const {
    if (!due_.empty()) return *due_.begin();
    if (sum_ < kSumFactor * every_) return std::nullopt;
    const auto longest = std::max_element(
        known_.begin(), known_.end(),
        [](const auto& a, const auto& b) { return a.second.since() < b.second.since(); });
    return longest->first;
}

std::optional<VaultId> Heads::overdue() const {
    for (const VaultId vault : due_)
        if (since_checkpoint(vault) >= kOverdueFactor * every_) return vault;
    return std::nullopt;
}

std::vector<VaultId> Heads::tails() const {
    std::vector<VaultId> vaults;
    for (const auto& [vault, known] : known_)
        if (known.since() > 0) vaults.push_back(vault);
    std::sort(vaults.begin(), vaults.end());
    return vaults;
}

ledger::ChainHead Heads::head(VaultId vault) const {
    const auto at = known_.find(vault);
    return at == known_.end() ? ledger::ChainHead{} : at->second.head;
}

}  // namespace vault::store
