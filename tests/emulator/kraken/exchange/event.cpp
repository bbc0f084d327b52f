#include "tests/emulator/kraken/exchange/event.hpp"

#include <algorithm>
#include <array>

namespace vault::kraken_emulator {
namespace {

constexpr std::array<std::string_view, 4> kStatuses{"online", "maintenance", "cancel_only",
                                                    "post_only"};
constexpr std::array<std::string_view, 9> kExecutions{"pending_new", "new",     "status",
                                                      "trade",       "filled",  "canceled",
                                                      "expired",     "amended", "iceberg_refill"};

}  // namespace

std::string_view to_text(SystemStatus status) {
    return kStatuses[static_cast<std::size_t>(status)];
}

std::optional<SystemStatus> parse_system_status(std::string_view text) {
    const auto* at = std::find(kStatuses.begin(), kStatuses.end(), text);
    if (at == kStatuses.end()) return std::nullopt;
    return static_cast<SystemStatus>(at - kStatuses.begin());
}

std::string_view to_text(Execution execution) {
    return kExecutions[static_cast<std::size_t>(execution)];
}

}  // namespace vault::kraken_emulator
