#include "tests/emulator/kraken/exchange/order.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 7> kTypes{
    "market", "limit", "stop-loss", "take-profit", "stop-loss-limit", "take-profit-limit",
    "iceberg"};
constexpr std::array<std::string_view, 4> kForces{"GTC", "IOC", "GTD", "FOK"};
constexpr std::array<std::string_view, 5> kStatuses{"pending", "open", "closed", "canceled",
                                                    "expired"};
constexpr std::array<std::string_view, 3> kSelfTrades{"cancel-newest", "cancel-oldest",
                                                      "cancel-both"};

template <class Enum, std::size_t N>
std::optional<Enum> parse_enum(const std::array<std::string_view, N>& texts,
                               std::string_view text) {
    const auto* at = std::find(texts.begin(), texts.end(), text);
    if (at == texts.end()) return std::nullopt;
    return static_cast<Enum>(at - texts.begin());
}

}  // namespace

std::string_view to_text(OrderType type) {
    return kTypes[static_cast<std::size_t>(type)];
}
std::string_view to_text(TimeInForce force) {
    return kForces[static_cast<std::size_t>(force)];
}
std::string_view to_text(OrderStatus status) {
    return kStatuses[static_cast<std::size_t>(status)];
}
std::optional<OrderType> parse_order_type(std::string_view text) {
    return parse_enum<OrderType>(kTypes, text);
}
std::optional<TimeInForce> parse_time_in_force(std::string_view text) {
    return parse_enum<TimeInForce>(kForces, text);
}
std::optional<SelfTrade> parse_self_trade(std::string_view text) {
    return parse_enum<SelfTrade>(kSelfTrades, text);
}

Decimal Order::average_price() const {
    if (executed.is_zero()) return kZero;
    return div(turnover, executed, Rounding::Down).value();
}

}  // namespace vault::kraken_emulator
