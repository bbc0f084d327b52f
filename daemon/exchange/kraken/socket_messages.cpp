#include "daemon/exchange/kraken/socket_messages.hpp"

#include "common/base/excerpt.hpp"
#include "daemon/exchange/kraken/json.hpp"
#include "daemon/exchange/kraken/names.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <utility>

namespace vault::exchange::kraken {
namespace {

using Members = std::vector<Member>;

constexpr std::size_t kShown = 60;  // bytes of a text of Kraken's in a message of ours
constexpr std::size_t kRefusalShown = 200;

// Zero if nobody offers, which is no member, null or 0.
Result<Decimal> price_of(const Members& row, std::string_view name) {
    const Member* const found = find_member(row, name);
    if (found == nullptr || is_null(found->value)) return kZero;
    VAULT_TRY(const Decimal price, decimal_of(found->value));
    if (price.is_negative() || price > kPriceMax)
        return odd_answer(fmt::format("the {} is {}", name, price.text()));
    return price;
}

// "2026-03-15T11:25:19.200068Z"; decimals past the sixth are cut. None: it is no time.
std::optional<StampTime> stamp_of(std::string_view text) {
    const std::size_t point = std::min(text.find('.'), text.size());
    const auto second =
        parse_utc(fmt::format("{}Z", text.substr(0, std::min(point, text.find('Z')))));
    if (!second) return std::nullopt;
    std::int64_t microseconds = 0;
    std::string decimals{text.substr(std::min(point + 1, text.size()))};
    decimals.resize(std::min(decimals.find_first_not_of("0123456789"), decimals.size()));
    decimals.resize(6, '0');
    std::from_chars(decimals.data(), decimals.data() + decimals.size(), microseconds);
    return StampTime{second.value()} + std::chrono::microseconds{microseconds};
}

Result<QuoteRow> quote_of(const Pair& pair, const Members& row) {
    QuoteRow out;
    out.pair = pair;
    VAULT_TRYV(member_of(row, "bid"));
    VAULT_TRYV(member_of(row, "ask"));
    VAULT_TRY(out.bid, price_of(row, "bid"));
    VAULT_TRY(out.ask, price_of(row, "ask"));
    VAULT_TRY(out.last, price_of(row, "last"));
    const Member* const volume = find_member(row, "volume");
    if (volume != nullptr && !is_null(volume->value)) {
        VAULT_TRY(out.volume, decimal_of(volume->value));
    }
    if (const Member* const stamp = find_member(row, "timestamp")) {
        VAULT_TRY(const std::string text, string_of(stamp->value));
        out.stamp = stamp_of(text);
    }
    return out;
}

// A step or a minimum of the row.
Result<Decimal> limit_of(const Members& row, std::string_view name, bool may_be_zero) {
    VAULT_TRY(const std::string_view value, member_of(row, name));
    VAULT_TRY(const Decimal limit, decimal_of(value));
    if (limit.is_negative() || limit > kPriceMax || (limit.is_zero() && !may_be_zero))
        return odd_answer(fmt::format("{} is {}", name, limit.text()));
    return limit;
}

Result<PairRules> rules_of(const Pair& pair, const Members& row) {
    PairRules out;
    out.pair = pair;
    VAULT_TRY(out.tick, limit_of(row, "price_increment", false));
    VAULT_TRY(out.lot, limit_of(row, "qty_increment", false));
    VAULT_TRY(out.min_cost, limit_of(row, "cost_min", true));
    VAULT_TRY(out.min_quantity, limit_of(row, "qty_min", true));
    VAULT_TRY(const std::string_view value, member_of(row, "status"));
    VAULT_TRY(const std::string word, string_of(value));
    const auto status = status_of_word(word);
    if (!status) return odd_answer(fmt::format("its status is '{}'", excerpt(word, kShown)));
    out.status = *status;
    return out;
}

// Reads the rows of wanted pairs, each by `read`, into `out`.
template <class Rows, class Read>
Result<void> take_rows(std::string_view list, const Symbols& wanted, Rows& out, Read read) {
    VAULT_TRY(const auto items, items_of(list));
    for (const std::string_view item : items) {
        VAULT_TRY(const Members row, members_of(item));
        VAULT_TRY(const std::string_view value, member_of(row, "symbol"));
        VAULT_TRY(const std::string symbol, string_of(value));
        const auto found = wanted.find(symbol);
        if (found == wanted.end()) continue;
        auto one = read(found->second, row);
        if (one)
            out.rows.push_back(std::move(one).value());
        else
            out.problems.push_back({found->second, one.error().message()});
    }
    return success();
}

Result<bool> is_snapshot(const Members& message) {
    VAULT_TRY(const std::string_view value, member_of(message, "type"));
    VAULT_TRY(const std::string type, string_of(value));
    if (type == "snapshot" || type == "update") return type == "snapshot";
    return odd_answer(fmt::format("its type is '{}'", excerpt(type, kShown)));
}

Result<SocketMessage> tickers_of(const Members& message, const Symbols& wanted) {
    Tickers out;
    VAULT_TRY(out.snapshot, is_snapshot(message));
    VAULT_TRY(const std::string_view data, member_of(message, "data"));
    VAULT_TRYV(take_rows(data, wanted, out, quote_of));
    return out;
}

// Its data is an object, unlike that of all other channels.
Result<SocketMessage> instruments_of(const Members& message, const Symbols& wanted) {
    Instruments out;
    VAULT_TRY(out.snapshot, is_snapshot(message));
    VAULT_TRY(const std::string_view data, member_of(message, "data"));
    VAULT_TRY(const Members parts, members_of(data));
    const Member* const pairs = find_member(parts, "pairs");
    if (pairs == nullptr && out.snapshot) return odd_answer("it has no pairs");
    if (pairs == nullptr) return out;
    VAULT_TRYV(take_rows(pairs->value, wanted, out, rules_of));
    return out;
}

// The last row is how it is now. What we do not know takes no order of ours.
Result<SocketMessage> system_of(const Members& message) {
    VAULT_TRY(const std::string_view data, member_of(message, "data"));
    VAULT_TRY(const auto items, items_of(data));
    if (items.empty()) return Heartbeat{};
    VAULT_TRY(const Members row, members_of(items.back()));
    VAULT_TRY(const std::string_view value, member_of(row, "system"));
    VAULT_TRY(const std::string word, string_of(value));
    return SystemStatus{status_of_word(word).value_or(PairStatus::CancelOnly),
                        excerpt(word, kShown)};
}

Result<std::string> text_at(const Members& members, std::string_view name) {
    const Member* const found = find_member(members, name);
    if (found == nullptr || is_null(found->value)) return std::string{};
    return string_of(found->value);
}

// Which keys a refusal has is not sure: the symbol may be in its words alone.
Result<SocketMessage> answer_of(const Members& message, const Symbols& wanted) {
    SocketAnswer out;
    VAULT_TRY(out.symbol, text_at(message, "symbol"));
    VAULT_TRY(const std::string refusal, text_at(message, "error"));
    out.refusal = excerpt(refusal, kRefusalShown);
    const Member* const done = find_member(message, "success");
    if (done != nullptr && done->value != "true" && out.refusal.empty())
        out.refusal = "refused without a reason";
    if (out.refusal.empty() || !out.symbol.empty()) return out;
    const std::size_t blank = refusal.rfind(' ');
    const std::string last_word = blank == std::string::npos ? refusal : refusal.substr(blank + 1);
    if (wanted.contains(last_word)) out.symbol = last_word;
    return out;
}

}  // namespace

Symbols symbols_of(const std::vector<Pair>& pairs) {
    Symbols out;
    for (const Pair& pair : pairs)
        out.emplace(pair.text(), pair);
    return out;
}

Result<SocketMessage> read_message(std::string_view text, const Symbols& wanted) {
    VAULT_TRY(const Members message, members_of(text));
    VAULT_TRY(const std::string channel, text_at(message, "channel"));
    if (channel == "heartbeat") return Heartbeat{};
    if (channel == "ticker") return tickers_of(message, wanted);
    if (channel == "instrument") return instruments_of(message, wanted);
    if (channel == "status") return system_of(message);
    const bool answers =
        find_member(message, "method") != nullptr || find_member(message, "error") != nullptr;
    if (channel.empty() && answers) return answer_of(message, wanted);
    return OddMessage{excerpt(text, kShown)};
}

std::string subscribe_instruments() {
    return R"({"method":"subscribe","params":{"channel":"instrument","snapshot":true},"req_id":1})";
}

std::string subscribe_tickers(const std::vector<Pair>& pairs) {
    std::string symbols;
    for (const Pair& pair : pairs)
        symbols += fmt::format("{}\"{}\"", symbols.empty() ? "" : ",", pair.text());
    return fmt::format(
        R"({{"method":"subscribe","params":{{"channel":"ticker","event_trigger":"bbo",)"
        R"("snapshot":true,"symbol":[{}]}},"req_id":2}})",
        symbols);
}

std::string ping_message() {
    return R"({"method":"ping","req_id":3})";
}

}  // namespace vault::exchange::kraken
