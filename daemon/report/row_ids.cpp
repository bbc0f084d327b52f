#include "daemon/report/row_ids.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <set>

namespace vault::report {

namespace {

constexpr std::string_view kNoMillis = ".000Z";

Error no_decision(std::string message) {
    return Error(Errc::InvalidParams, std::move(message), "decision",
                 "vaultctl decision list shows the ids");
}

Error no_sweep(std::string message) {
    return Error(Errc::InvalidParams, std::move(message), "sweep",
                 "vaultctl sweep list shows the ids");
}

Error not_there(std::string_view what, std::string_view id) {
    return Error(Errc::NotFound, fmt::format("there is no {} {}", what, id), std::string(what),
                 fmt::format("vaultctl {} list shows the ids", what));
}

// A whole positive number, or none.
std::optional<std::uint64_t> number(std::string_view text) {
    std::uint64_t value = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (fault != std::errc{} || end != text.data() + text.size() || value == 0) return std::nullopt;
    return value;
}

struct Halves {
    std::string_view left, right;
};
std::optional<Halves> split(std::string_view text, char mark) {
    const auto at = text.find(mark);
    if (at == std::string_view::npos) return std::nullopt;
    return Halves{text.substr(0, at), text.substr(at + 1)};
}

DecisionId first_of(const ports::DecisionRow& row) {
    return {row.vault, row.sleeve, row.pair.base, row.at, 1};
}

// All decisions of the sleeve about the pair in the millisecond, in booked order.
Result<std::vector<ports::DecisionRow>> decisions_at(ports::StoreReader& reader,
                                                     const DecisionId& id) {
    ports::RowFilter filter;
    filter.vault = id.vault;
    filter.sleeve = id.sleeve;
    filter.from = id.at;
    filter.to = id.at + Duration{1};
    filter.limit = 10'000;
    VAULT_TRY(auto rows, reader.decisions(filter));
    std::erase_if(rows, [&](const auto& row) { return row.pair.base != id.base; });
    return rows;
}

}  // namespace

std::string to_text(const DecisionId& id) {
    std::string at = format_utc(id.at);
    if (at.ends_with(kNoMillis)) at.replace(at.size() - kNoMillis.size(), kNoMillis.size(), "Z");
    const std::string nth = id.nth > 1 ? fmt::format("#{}", id.nth) : "";
    return fmt::format("{}.{}.{}@{}{}", vault::to_text(id.vault), vault::to_text(id.sleeve),
                       id.base.text(), at, nth);
}

Result<DecisionId> parse_decision_id(std::string_view text) {
    const Error wrong =
        no_decision("a decision is named such as v1.flash.ETH@2024-01-24T23:40:15Z");
    const auto halves = split(text, '@');
    const auto vault = halves ? split(halves->left, '.') : std::nullopt;
    const auto sleeve = vault ? split(vault->right, '.') : std::nullopt;
    if (!sleeve) return wrong;
    const auto vault_id = parse_vault_id(vault->left);
    const auto kind = parse_sleeve_kind(sleeve->left);
    const auto base = Asset::parse(sleeve->right);
    const auto numbered = split(halves->right, '#');
    const auto at = parse_utc(numbered ? numbered->left : halves->right);
    const auto nth = numbered ? number(numbered->right) : std::optional<std::uint64_t>(1);
    if (!vault_id || !kind || !base || !at || !nth || *nth > 10'000) return wrong;
    return DecisionId{vault_id.value(), kind.value(), base.value(), at.value(),
                      static_cast<std::uint32_t>(*nth)};
}

Result<ports::DecisionRow> find_decision(ports::StoreReader& reader, const DecisionId& id) {
    VAULT_TRY(const auto rows, decisions_at(reader, id));
    if (id.nth > rows.size()) return not_there("decision", to_text(id));
    return rows[id.nth - 1];
}

std::string to_text(const SweepId& id) {
    return fmt::format("{}.{}@{}", vault::to_text(id.vault), vault::to_text(id.sleeve), id.seq);
}

Result<SweepId> parse_sweep_id(std::string_view text) {
    const Error wrong = no_sweep("a sweep is named such as v1.flash@17");
    const auto halves = split(text, '@');
    const auto names = halves ? split(halves->left, '.') : std::nullopt;
    if (!names) return wrong;
    const auto vault_id = parse_vault_id(names->left);
    const auto kind = parse_sleeve_kind(names->right);
    const auto seq = number(halves->right);
    if (!vault_id || !kind || !seq) return wrong;
    return SweepId{vault_id.value(), kind.value(), *seq};
}

Result<ports::SweepRow> find_sweep(ports::StoreReader& reader, const SweepId& id) {
    VAULT_TRY(const auto entries, reader.entries(id.vault, id.seq, 1));
    if (entries.empty() || entries.front().seq != id.seq) return not_there("sweep", to_text(id));
    const ports::EntryRow& entry = entries.front();
    ports::RowFilter filter;
    filter.vault = id.vault;
    filter.sleeve = id.sleeve;
    filter.from = entry.at;
    filter.to = entry.at + Duration{1};
    VAULT_TRY(const auto rows, reader.sweeps(filter));
    const auto row = std::ranges::find_if(rows, [&](const ports::SweepRow& candidate) {
        return candidate.kind == entry.kind && candidate.cause == entry.cause;
    });
    if (row == rows.end()) return not_there("sweep", to_text(id));
    return *row;
}

Result<TradeId> parse_trade_id(std::string_view text) {
    const auto halves = split(text, ':');
    if (!halves) return TradeId{std::nullopt, std::string(text)};
    const auto account = parse_account_id(halves->left);
    if (!account || halves->right.empty())
        return Error(Errc::InvalidParams, "a trade is named such as T197, or a1:T197", "trade",
                     "vaultctl trade list shows the ids");
    return TradeId{account.value(), std::string(halves->right)};
}

Result<ports::FillRow> find_trade(ports::StoreReader& reader, const TradeId& id,
                                  std::span<const AccountId> among) {
    std::vector<ports::FillRow> found;
    for (const AccountId account : among) {
        if (id.account && *id.account != account) continue;
        VAULT_TRY(auto row, reader.fill(account, id.trade));
        if (row) found.push_back(std::move(*row));
    }
    if (found.empty()) return not_there("trade", id.trade);
    if (found.size() == 1) return std::move(found.front());
    const std::string first = vault::to_text(found[0].owner.account);
    return Error(
        Errc::InvalidParams,
        fmt::format("{} accounts have a trade {}, the first is {}", found.size(), id.trade, first),
        "trade", fmt::format("say which: {}:{}", first, id.trade));
}

Result<std::vector<std::string>> ids_of(ports::StoreReader& reader,
                                        const std::vector<ports::DecisionRow>& rows) {
    std::vector<std::string> ids;
    std::set<std::string> taken;
    for (const ports::DecisionRow& row : rows) {
        DecisionId id = first_of(row);
        if (row.at == rows.front().at) {
            // What of this instant stands before the list counts as well.
            VAULT_TRY(const auto instant, decisions_at(reader, id));
            const auto listed = std::ranges::count_if(rows, [&](const ports::DecisionRow& other) {
                return first_of(other) == first_of(row);
            });
            const auto before = static_cast<std::int64_t>(instant.size()) - listed;
            id.nth += static_cast<std::uint32_t>(std::max<std::int64_t>(before, 0));
        }
        while (!taken.insert(to_text(id)).second)
            ++id.nth;
        ids.push_back(to_text(id));
    }
    return ids;
}

Result<std::vector<std::string>> ids_of(ports::StoreReader& reader,
                                        const std::vector<ports::SweepRow>& rows) {
    std::vector<std::string> ids;
    for (const ports::SweepRow& row : rows) {
        VAULT_TRY(const auto entry, reader.entry(row.vault, row.kind, row.cause));
        if (!entry)
            return Error(Errc::StoreInvalid,
                         fmt::format("the journal of {} lacks the entry of a sweep",
                                     vault::to_text(row.vault)),
                         "", "vaultctl ledger verify tells more");
        ids.push_back(to_text(SweepId{row.vault, row.sleeve, entry->seq}));
    }
    return ids;
}

}  // namespace vault::report
