#pragma once
// Orders by way of the private socket: its own names for what AddOrder and the others take, and one
// answer per order. One thread.
#include "tests/emulator/kraken/rest/api_key.hpp"

#include <boost/json/object.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace vault::kraken_emulator {

// Whether that method is one of order entry.
bool is_order_entry(std::string_view method);

// Whether a key with these may use that method of order entry.
bool may_enter(std::string_view method, const PermissionSet& permissions);

// One that was let in, and may be done now or later.
struct OrderEntry {
    AccountNo account = 0;
    std::string method;  // one of order entry
    boost::json::object params;
    Moment arrived;  // by the exchange's clock
};

// The texts of "result", or what was refused; several where Kraken answers each order for itself.
std::vector<Answer<std::string>> enter_order(Exchange& exchange, const OrderEntry& entry);

}  // namespace vault::kraken_emulator
