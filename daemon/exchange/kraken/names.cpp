#include "daemon/exchange/kraken/names.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/exchange/kraken/json.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace vault::exchange::kraken {
namespace {

constexpr std::size_t kShown = 40;

constexpr std::array kSuffixes{
    std::pair{std::string_view{".S"}, Holding::Staked},
    std::pair{std::string_view{".M"}, Holding::OptIn},
    std::pair{std::string_view{".B"}, Holding::Yield},
    std::pair{std::string_view{".F"}, Holding::AutoEarn},
    std::pair{std::string_view{".T"}, Holding::Tokenized},
    std::pair{std::string_view{".HOLD"}, Holding::Held},
    std::pair{std::string_view{".P"}, Holding::Parachain},
};

struct Taken {
    std::string_view name;
    Holding holding = Holding::Spot;
};
Taken without_suffix(std::string_view id) {
    for (const auto& [suffix, holding] : kSuffixes)
        if (id.size() > suffix.size() && id.ends_with(suffix))
            return {id.substr(0, id.size() - suffix.size()), holding};
    return {id};
}

std::string_view our_name(std::string_view altname) {
    if (altname == "XBT") return "BTC";
    if (altname == "XDG") return "DOGE";
    return altname;
}

std::string told(std::string_view id, std::string_view why) {
    return fmt::format("{}: {}", excerpt(id, kShown), why);
}

// A member that may be missing or null.
Result<std::optional<Decimal>> amount_of(const std::vector<Member>& members,
                                         std::string_view name) {
    const Member* const found = find_member(members, name);
    if (found == nullptr || is_null(found->value)) return std::optional<Decimal>{};
    VAULT_TRY(const Decimal amount, decimal_of(found->value));
    if (amount.is_negative()) return odd_answer(fmt::format("{} is negative", name));
    return std::optional{amount};
}

Result<std::string> text_of(const std::vector<Member>& members, std::string_view name) {
    VAULT_TRY(const std::string_view value, member_of(members, name));
    return string_of(value);
}

// 10^-n of a member that is n.
Result<Decimal> step_of(const std::vector<Member>& members, std::string_view name) {
    VAULT_TRY(const std::string_view value, member_of(members, name));
    VAULT_TRY(const std::int64_t places, integer_of(value, 0, Decimal::kPlaces));
    Decimal::Raw step = Decimal::kOne;
    for (std::int64_t i = 0; i < places; ++i)
        step /= 10;
    return Decimal::from_raw(step);
}

// The tick is told by newer answers only; the digits of a price were it before.
Result<Decimal> tick_of(const std::vector<Member>& members) {
    VAULT_TRY(const std::optional<Decimal> tick, amount_of(members, "tick_size"));
    if (tick && !tick->is_zero()) return *tick;
    return step_of(members, "pair_decimals");
}

// "currency", or nothing at all; tokenized stocks are traded elsewhere and by other rules.
bool is_currency(const std::vector<Member>& members, std::string_view name) {
    const Member* const found = find_member(members, name);
    return found == nullptr || found->value == "\"currency\"";
}

Result<PairRules> rules_of(const std::vector<Member>& members, const Pair& pair) {
    VAULT_TRY(const Decimal tick, tick_of(members));
    VAULT_TRY(const Decimal lot, step_of(members, "lot_decimals"));
    VAULT_TRY(const std::optional<Decimal> cost, amount_of(members, "costmin"));
    VAULT_TRY(const std::optional<Decimal> quantity, amount_of(members, "ordermin"));
    VAULT_TRY(const std::string status, text_of(members, "status"));
    return PairRules{.pair = pair,
                     .tick = tick,
                     .lot = lot,
                     .min_cost = cost.value_or(kZero),
                     .min_quantity = quantity.value_or(kZero),
                     .status = status_of_word(status).value_or(PairStatus::CancelOnly)};
}

Result<ListedPair> read_pair(const Member& entry, const AssetNames& names) {
    VAULT_TRY(const std::vector<Member> members, members_of(entry.value));
    if (!is_currency(members, "aclass_base") || !is_currency(members, "aclass_quote"))
        return Error{Errc::NotFound, "it is no pair of currencies"};
    VAULT_TRY(const std::string base, text_of(members, "base"));
    VAULT_TRY(const std::string quote, text_of(members, "quote"));
    VAULT_TRY(std::string altname, text_of(members, "altname"));
    const auto bought = names.asset_of(base), paid = names.asset_of(quote);
    if (!bought || !paid || *bought == *paid)
        return Error{Errc::NotFound, "its assets are not listed"};
    VAULT_TRY(const PairRules rules, rules_of(members, Pair{*bought, *paid}));
    return ListedPair{rules, entry.name, std::move(altname)};
}

}  // namespace

std::string_view suffix_of(Holding holding) {
    const auto found =
        std::ranges::find(kSuffixes, holding, [](const auto& row) { return row.second; });
    return found == kSuffixes.end() ? std::string_view{} : found->first;
}

Result<AssetNames> AssetNames::read(std::string_view result) {
    VAULT_TRY(const std::vector<Member> entries, members_of(result));
    if (entries.empty()) return odd_answer("it lists no asset");
    AssetNames out;
    for (const Member& entry : entries) {
        if (without_suffix(entry.name).holding != Holding::Spot) continue;
        VAULT_TRY(const std::vector<Member> members, members_of(entry.value));
        VAULT_TRY(const std::string altname, text_of(members, "altname"));
        out.add(entry.name, altname);
    }
    return out;
}

// Two ids with one name would make one asset of two: then neither is known.
void AssetNames::add(const std::string& id, std::string_view altname) {
    const auto asset = Asset::parse(our_name(altname));
    if (!asset) {
        left_out_.push_back(told(id, "we have no such names"));
        return;
    }
    const auto [known, is_new] = ids_.emplace(asset.value(), id);
    if (!is_new) {
        left_out_.push_back(told(id, fmt::format("its name {} is taken", altname)));
        for (auto& [name, named] : assets_)
            if (named == asset.value()) named = Asset{};
        assets_[id] = Asset{};
        known->second.clear();
        return;
    }
    assets_[id] = asset.value();
    assets_.emplace(altname, asset.value());
}

std::optional<Asset> AssetNames::asset_of(std::string_view id) const {
    const auto found = assets_.find(id);
    if (found == assets_.end() || found->second.empty()) return std::nullopt;
    return found->second;
}

std::optional<BalanceName> AssetNames::balance_of(std::string_view key) const {
    const Taken taken = without_suffix(key);
    if (const auto asset = asset_of(taken.name)) return BalanceName{*asset, taken.holding};
    if (taken.holding == Holding::Spot) return std::nullopt;
    const auto asset = Asset::parse(our_name(taken.name));
    if (!asset) return std::nullopt;
    return BalanceName{asset.value(), taken.holding};
}

const std::string* AssetNames::id_of(const Asset& asset) const {
    const auto found = ids_.find(asset);
    return found == ids_.end() || found->second.empty() ? nullptr : &found->second;
}

std::optional<PairStatus> status_of_word(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, PairStatus>, 8> kWords{{
        {"online", PairStatus::Trading},
        {"reduce_only", PairStatus::ReduceOnly},
        {"cancel_only", PairStatus::CancelOnly},
        {"post_only", PairStatus::CancelOnly},
        {"limit_only", PairStatus::Trading},
        {"maintenance", PairStatus::Halted},
        {"work_in_progress", PairStatus::Halted},
        {"delisted", PairStatus::Delisted},
    }};
    for (const auto& [known, status] : kWords)
        if (known == word) return status;
    return std::nullopt;
}

Result<PairList> read_pairs(std::string_view result, const AssetNames& names) {
    VAULT_TRY(const std::vector<Member> entries, members_of(result));
    PairList out;
    for (const Member& entry : entries) {
        Result<ListedPair> read = read_pair(entry, names);
        if (!read) {
            out.left_out.push_back(told(entry.name, read.error().message()));
            continue;
        }
        const Pair pair = read.value().rules.pair;
        const auto [known, is_new] = out.pairs.emplace(pair, std::move(read).value());
        if (!is_new)
            out.left_out.push_back(told(entry.name, "it is " + known->second.key + " once more"));
    }
    if (out.pairs.empty()) return odd_answer("it lists no pair");
    return out;
}

}  // namespace vault::exchange::kraken
