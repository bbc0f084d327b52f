#pragma once
// The names that people give to rows which have no number of their own: a decision by sleeve, base
// and instant ("v1.flash.ETH@2024-01-24T23:40:15Z", with "#2" for the second of one instant), a
// sweep by its journal entry ("v1.flash@17"), a trade by the exchange's id, with its account where
// that alone is not clear ("T197", "a1:T197"). They follow from what is stored for good, so they
// never change. Read only, on the thread that owns the reader. Errors: StoreFailed, InvalidParams
// for a text that is no such name, NotFound.
#include "daemon/ports/store_reader.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace vault::report {

struct DecisionId {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    Asset base;
    UtcTime at;
    std::uint32_t nth = 1;
    friend bool operator==(const DecisionId&, const DecisionId&) = default;
};
std::string to_text(const DecisionId& id);
Result<DecisionId> parse_decision_id(std::string_view text);
Result<ports::DecisionRow> find_decision(ports::StoreReader& reader, const DecisionId& id);

struct SweepId {
    VaultId vault;
    SleeveKind sleeve = SleeveKind::Quiet;
    std::uint64_t seq = 0;  // of the entry that moved the money
    friend bool operator==(const SweepId&, const SweepId&) = default;
};
std::string to_text(const SweepId& id);
Result<SweepId> parse_sweep_id(std::string_view text);
Result<ports::SweepRow> find_sweep(ports::StoreReader& reader, const SweepId& id);

struct TradeId {
    std::optional<AccountId> account;  // none: the only account that has such a trade
    std::string trade;
};
Result<TradeId> parse_trade_id(std::string_view text);
// `among`: the accounts that are looked at.
Result<ports::FillRow> find_trade(ports::StoreReader& reader, const TradeId& id,
                                  std::span<const AccountId> among);

// The names of listed rows, in the same order. The list may begin in the middle of an instant.
Result<std::vector<std::string>> ids_of(ports::StoreReader& reader,
                                        const std::vector<ports::DecisionRow>& rows);
Result<std::vector<std::string>> ids_of(ports::StoreReader& reader,
                                        const std::vector<ports::SweepRow>& rows);

}  // namespace vault::report
