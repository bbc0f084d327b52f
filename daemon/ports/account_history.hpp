#pragma once
// AccountHistory: what an exchange says that happened on an account from some time on. It is wanted
// when the books may have missed something: they were restored from a backup, so orders may have
// been sent and filled of which they know nothing. Values; any thread.
#include "common/base/time.hpp"
#include "common/domain/decimal.hpp"
#include "common/domain/ids.hpp"

#include <optional>
#include <string>
#include <vector>

namespace vault::ports {

// Ids, pairs and states as the exchange calls them.
struct PastOrder {
    std::string id;
    std::string client_id;  // that its sender gave it; empty: none
    std::string pair;
    Side side = Side::Buy;
    std::string kind;   // limit, market …
    std::string state;  // open, canceled …
    Decimal quantity, filled;
    UtcTime opened;
    std::optional<UtcTime> ended{};  // none: it is open
};
struct PastTrade {
    std::string id, order;
    std::string pair;
    Side side = Side::Buy;
    Decimal quantity, price, cost, fee;
    UtcTime at;
};

struct AccountHistory {
    UtcTime since, until;           // until: what came later may be in it, or not
    std::vector<PastOrder> orders;  // every open one, whenever it was opened, and those ended since
    std::vector<PastTrade> trades;
    static constexpr std::size_t kRowsMax = 5'000;  // orders and trades
};

}  // namespace vault::ports
