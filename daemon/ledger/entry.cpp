#include "daemon/ledger/entry.hpp"

#include "common/base/excerpt.hpp"

#include <array>

namespace vault::ledger {
namespace {

constexpr std::array<std::string_view, kEntryKinds> kKinds{
    "opening",         "deposit",     "withdrawal",   "manual_trade",      "auto_raise",
    "set_tradeable",   "allocate",    "unallocate",   "unallocate_return", "pending_join",
    "buy_intent",      "sell_intent", "order_end",    "buy_fill",          "sell_fill",
    "flash_sweep",     "quiet_sweep", "sweep_return", "overdraft",         "overdraft_return",
    "dust_write_down", "fee_paid",    "correction",   "mode_change"};

}  // namespace

std::string_view to_text(EntryKind kind) {
    return kKinds[static_cast<std::size_t>(kind)];
}

Result<EntryKind> parse_entry_kind(std::string_view text) {
    for (std::size_t i = 0; i < kKinds.size(); ++i) {
        if (kKinds[i] == text) return static_cast<EntryKind>(i);
    }
    return Error{Errc::InvalidParams, "'" + excerpt(text, 40) + "' is no entry kind", "kind",
                 "use deposit, buy_fill, flash_sweep … (design/domain.md)"};
}

std::string entry_key(VaultId vault, std::string_view kind, std::string_view cause) {
    std::string key = to_text(vault);
    key.reserve(key.size() + kind.size() + cause.size() + 2);
    key += ':';
    key += kind;
    key += ':';
    key += cause;
    return key;
}

std::string entry_key(const Entry& entry) {
    return entry_key(entry.vault, to_text(entry.kind), entry.cause);
}

}  // namespace vault::ledger
