#include "tests/emulator/kraken/world/names.hpp"

#include "tests/emulator/kraken/exchange/event.hpp"
#include "tests/emulator/kraken/rest/endpoint.hpp"
#include "tests/emulator/kraken/socket/hub.hpp"
#include "tests/emulator/kraken/socket/order_entry.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace vault::kraken_emulator {
namespace {

bool is_execution(std::string_view name) {
    for (auto each = Execution::PendingNew;;
         each = static_cast<Execution>(1 + static_cast<int>(each))) {
        if (to_text(each) == name) return true;
        if (each == Execution::IcebergRefill) return false;
    }
}

bool is_endpoint(std::string_view name) {
    for (const auto table : {public_endpoints(), account_endpoints(), trading_endpoints()})
        if (std::any_of(table.begin(), table.end(),
                        [&](const Endpoint& each) { return each.name == name; }))
            return true;
    return false;
}

bool is_listed(std::string_view key) {
    const Instruments listed = Instruments::usual();
    return std::any_of(listed.pairs().begin(), listed.pairs().end(),
                       [&](const PairInfo& each) { return each.key == key; });
}

bool has_word(std::string_view words, std::string_view word) {
    while (!words.empty()) {
        const std::string_view first = words.substr(0, words.find(' '));
        if (first == word) return true;
        words.remove_prefix(std::min(words.size(), first.size() + 1));
    }
    return false;
}

}  // namespace

bool is_request_name(std::string_view name) {
    return name == "*" || is_endpoint(name) || is_order_entry(name);
}

bool is_message_name(std::string_view name) {
    if (name == "*" || parse_channel(name)) return true;
    const std::string_view channel = name.substr(0, name.find('/'));
    return channel == to_text(Channel::Executions) && is_execution(name.substr(channel.size() + 1));
}

bool is_event_name(std::string_view name) {
    const std::string_view kind = name.substr(0, name.find('/'));
    if (kind == name)
        return name == "*" ||
               has_word("request order balance trade status listing landing mishap", name);
    const std::string_view which = name.substr(kind.size() + 1);
    if (which == "*") return false;  // the kind alone says so
    if (kind == "request")
        return is_request_name(which) || has_word("ping subscribe unsubscribe", which);
    if (kind == "landing") return is_request_name(which);
    if (kind == "order") return is_execution(which);
    if (kind == "status") return parse_system_status(which).has_value();
    if (kind == "trade" || kind == "listing") return is_listed(which);
    if (kind == "mishap") return is_message_name(which);
    return kind == "balance" && !which.empty();  // its types are whatever transfers say
}

Result<void> check_members(const boost::json::object& members, std::string_view known) {
    for (const auto& [name, unused] : members)
        if (!has_word(known, std::string_view{name}))
            return Error{Errc::InvalidParams,
                         fmt::format("there is no member '{}'", std::string_view{name}),
                         std::string{name},
                         known.empty() ? "there are none" : fmt::format("one of: {}", known)};
    return success();
}

}  // namespace vault::kraken_emulator
