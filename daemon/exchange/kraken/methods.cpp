#include "daemon/exchange/kraken/methods.hpp"

#include <algorithm>
#include <array>

namespace vault::exchange::kraken {
namespace {

struct Row {
    std::string_view name;
    Method method;
};

constexpr Method kRead{CallKind::Read, 1};
constexpr Method kLongRead{CallKind::Read, 2};     // of ledgers and the history of trades
constexpr Method kUncounted{CallKind::Change, 0};  // the trading engine counts those, per pair

constexpr std::array kRows{
    Row{"Balance", kRead},
    Row{"BalanceEx", kRead},
    Row{"TradeBalance", kRead},
    Row{"OpenOrders", kRead},
    Row{"ClosedOrders", kRead},
    Row{"QueryOrders", kRead},
    Row{"TradeVolume", kRead},
    Row{"GetApiKeyInfo", kRead},
    // A second token does no harm, and the first is lost with its answer.
    Row{"GetWebSocketsToken", kRead},
    Row{"TradesHistory", kLongRead},
    Row{"QueryTrades", kLongRead},
    Row{"Ledgers", kLongRead},
    Row{"QueryLedgers", kLongRead},
    Row{"AddOrder", kUncounted},
    Row{"AddOrderBatch", kUncounted},
    Row{"AmendOrder", kUncounted},
    Row{"EditOrder", kUncounted},
    Row{"CancelOrder", kUncounted},
    Row{"CancelOrderBatch", kUncounted},
};

}  // namespace

Method method_of(std::string_view name) {
    const auto found = std::ranges::find(kRows, name, &Row::name);
    return found == kRows.end() ? Method{} : found->method;
}

}  // namespace vault::exchange::kraken
